/** Writing such that a power cut leaves the old or the new, never a part. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Writes a new file and waits until the disk has it. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name beside `path` for work in progress; it names the process, so that what a dead one left can be told and removed. */
export const unfinishedName = (path: string) => `${path}.unfinished-${process.pid}-${randomBytes(4).toString('hex')}`;

/** The process that writes under an {@link unfinishedName}, or undefined where `name` is none. */
export const writerOf = (name: string): number | undefined => {
  const pid = /\.unfinished-(\d+)-[0-9a-f]+$/.exec(basename(name))?.[1];
  return pid === undefined ? undefined : Number(pid);
};

/** Makes a folder by `fill` under another name, then puts it in the place of `folder` at once. */
export async function makeFolderDurably(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const unfinished = unfinishedName(folder);
  await mkdir(unfinished, { recursive: true });
  try {
    await fill(unfinished);
    await syncFolder(unfinished);
    await replaceFolder(unfinished, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/**
 * A folder cannot be renamed onto one that is not empty: what was there steps aside first. Where another process puts
 * its own there in between, that one steps aside too; whoever comes last stays, and all of them are whole.
 */
async function replaceFolder(from: string, to: string): Promise<void> {
  for (;;) {
    const aside = unfinishedName(to);
    const wasThere = await renamed(to, aside, ['ENOENT']);
    const isThere = await renamed(from, to, ['ENOTEMPTY', 'EEXIST']);
    if (wasThere) await rm(aside, { recursive: true, force: true });
    if (isThere) return;
  }
}

/** False where the rename failed with one of the codes that are expected. */
async function renamed(from: string, to: string, expected: readonly string[]): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (expected.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Puts a file in its place at once; a power cut may lose it but leaves no part of it under its name. */
export async function writeAtomically(file: string, content: Uint8Array): Promise<void> {
  const unfinished = join(dirname(file), basename(unfinishedName(file)));
  try {
    await writeDurably(unfinished, content);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Windows cannot open a folder; there the rename has to do. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
