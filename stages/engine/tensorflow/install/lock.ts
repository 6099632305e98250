/** Lets one giverny at a time install an engine. The lock is a file that names its holder; a dead holder's is taken over. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ok, type Result } from '../../../../pipeline/failure.ts';
import { isProcessAlive } from '../../../process-alive.ts';
import { engineInterrupted } from '../../failures.ts';
import { makeFolder } from './folder.ts';
import type { InstallHelp } from './help.ts';

interface Holder {
  readonly pid: number;
  /** When the process started, in clock ticks since boot (Linux), so that a reused process id is not taken for it. */
  readonly started: string;
}

/** Waits until the lock at `path` is ours (saying once for whom), and returns what gives it back. Fails with `interrupted`; throws the system's error where the folder refuses. */
export async function acquireLock(path: string, help: Pick<InstallHelp, 'stop' | 'say'>): Promise<Result<() => void>> {
  const mine = JSON.stringify({ pid: process.pid, started: processStart(process.pid) ?? '' } satisfies Holder);
  makeFolder(dirname(path));
  for (let told = false; !help.stop.aborted; ) {
    if (create(path, mine)) return ok(() => rmSync(path, { force: true }));
    const text = read(path);
    if (text === undefined || takeOverFromDead(path, text)) continue;
    if (!told) help.say(`another giverny (process ${parse(text)?.pid}) is installing the engine; waiting for it`);
    told = true;
    await setTimeout(500);
  }
  return engineInterrupted('interrupted while waiting for another installation of the engine');
}

// A file that appears whole: written aside, then linked to its name, which fails if the name is taken.
function create(path: string, text: string): boolean {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text);
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    unlessCode(error, 'EEXIST');
    return false;
  } finally {
    rmSync(aside, { force: true });
  }
}

function takeOverFromDead(path: string, text: string): boolean {
  const holder = parse(text);
  if (holder && isAlive(holder)) return false;
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
    // Somebody else may have taken over in between: what was moved away is then theirs, and goes back.
    if (read(aside) !== text) linkSync(aside, path);
    return true;
  } catch (error) {
    unlessCode(error, 'ENOENT', 'EEXIST');
    return true;
  } finally {
    rmSync(aside, { force: true });
  }
}

// What others' doings explain is looked at again; a lock that may be neither read nor moved would be for ever.
function unlessCode(error: unknown, ...codes: readonly string[]): void {
  if (!(error instanceof Error && 'code' in error && codes.includes(String(error.code)))) throw error;
}

const isAlive = ({ pid, started }: Holder): boolean => isProcessAlive(pid) && (processStart(pid) ?? '') === started;

/** Field 22 of /proc/PID/stat; undefined where there is none. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    unlessCode(error, 'ENOENT');
    return undefined;
  }
}
