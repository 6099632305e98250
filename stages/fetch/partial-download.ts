/**
 * A download on disk: a folder with its bytes and what the server said of them. Whoever works on one first takes it by
 * renaming the folder to a name of its own, so that two processes (or two stages) never append to one file; what a dead
 * process left is taken over in the same way.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isProcessAlive } from '../process-alive.ts';

/** What is known of the bytes: enough to ask for the rest of the same file and of no other. */
export interface DownloadState {
  /** Where they came from. */
  readonly address: string;
  readonly etag?: string;
  readonly lastModified?: string;
  /** Bytes of the whole, where the server said. */
  readonly total?: number;
  /** Of the bytes, once they are all there. */
  readonly sha256?: string;
  /** How many connections contributed; a file of one piece cannot have been joined wrongly. */
  readonly pieces: number;
}

const stateFile = 'source.json';
const bytesFile = 'archive.zip';
const finishedName = 'complete';
const discardedMark = '-discarded-';

/** A download in progress. */
export class PartialDownload {
  readonly folder: string;
  state: DownloadState | undefined;

  constructor(folder: string, state: DownloadState | undefined) {
    this.folder = folder;
    this.state = state;
  }

  get file(): string {
    return join(this.folder, bytesFile);
  }

  async size(): Promise<number> {
    return (await stat(this.file)).size;
  }

  /** Written before the bytes that it is about. */
  async remember(state: DownloadState): Promise<void> {
    this.state = state;
    await writeFile(join(this.folder, stateFile), JSON.stringify(state));
  }

  /** Forgets all bytes: the next request asks for the whole file. */
  async restart(): Promise<void> {
    this.state = undefined;
    await rm(join(this.folder, stateFile), { force: true });
    await truncate(this.file, 0);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    held.delete(this.folder);
  }

  /** Lets another attempt go on with it. */
  release(): void {
    held.delete(this.folder);
  }

  /**
   * Makes it the finished download of `home`; `sha256` is that of its bytes. One that is there already with the same bytes
   * stays, since another stage may be reading it; one of other bytes is moved out of the way, never emptied in place.
   */
  async finish(home: string, sha256: string): Promise<FinishedDownload> {
    const folder = join(home, finishedName);
    if (this.state) await this.remember({ ...this.state, sha256 });
    while (!(await renamedUnlessTaken(this.folder, folder))) {
      const earlier = await finishedDownload(home);
      if (earlier?.state?.sha256 === sha256) {
        await this.remove();
        return earlier;
      }
      await discard(folder);
    }
    held.delete(this.folder);
    return { file: join(folder, bytesFile), folder, state: this.state };
  }
}

export interface FinishedDownload {
  readonly folder: string;
  readonly file: string;
  readonly state: DownloadState | undefined;
}

/** Partial downloads that this process works on. */
const held = new Set<string>();

/** The finished download of `home`, if there is one. */
export async function finishedDownload(home: string): Promise<FinishedDownload | undefined> {
  const folder = join(home, finishedName);
  const file = join(folder, bytesFile);
  return (await stat(file).catch(() => undefined)) ? { folder, file, state: await readState(folder) } : undefined;
}

/** Removes the folder of a finished download: gone at once for others, by a rename, and then from the disk. */
export async function discard(folder: string): Promise<void> {
  const aside = `${folder}${discardedMark}${randomBytes(4).toString('hex')}`;
  // Where another process was faster there is nothing left to do.
  if (await rename(folder, aside).then(() => true, () => false)) await rm(aside, { recursive: true, force: true });
}

/** False where a folder of that name is there already. */
async function renamedUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(String(error.code));
    if (taken) return false;
    throw error;
  }
}

/** Takes over the largest partial download of `home` that nobody works on, or begins one. */
export async function takePartialDownload(home: string): Promise<PartialDownload> {
  await mkdir(home, { recursive: true });
  const folder = join(home, `partial-${process.pid}-${randomBytes(4).toString('hex')}-${hostname()}`);
  held.add(folder);
  for (const abandoned of await abandonedDownloads(home)) {
    // Another process may have been faster: then the rename fails, and the next one is tried.
    if (await rename(abandoned, folder).then(() => true, () => false)) return new PartialDownload(folder, await readState(folder));
  }
  await mkdir(folder);
  await writeFile(join(folder, bytesFile), '');
  return new PartialDownload(folder, undefined);
}

async function abandonedDownloads(home: string): Promise<string[]> {
  const found: { folder: string; bytes: number }[] = [];
  for (const name of await readdir(home)) {
    const folder = join(home, name);
    if (name.includes(discardedMark)) await rm(folder, { recursive: true, force: true });
    const bytes = (await stat(join(folder, bytesFile)).catch(() => undefined))?.size;
    if (bytes !== undefined && name.startsWith('partial-') && !isHeld(name, folder)) found.push({ folder, bytes });
  }
  return found.sort((one, other) => other.bytes - one.bytes).map(({ folder }) => folder);
}

/** One of another host is left alone: whether its process lives cannot be seen from here. */
function isHeld(name: string, folder: string): boolean {
  const [, pid, , ...host] = name.split('-');
  if (host.join('-') !== hostname()) return true;
  return Number(pid) === process.pid ? held.has(folder) : isProcessAlive(Number(pid));
}

async function readState(folder: string): Promise<DownloadState | undefined> {
  const text = await readFile(join(folder, stateFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as DownloadState;
  } catch {
    // Cut short by a crash: the download begins again.
    return undefined;
  }
}
