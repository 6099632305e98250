/** Lets one giverny at a time install an engine. The lock is a file that names its holder; a dead holder's is taken over. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ok, type Result } from '../../../../pipeline/failure.ts';
import { isProcessAlive } from '../../../process-alive.ts';
import { engineInterrupted } from '../../failures.ts';
import type { InstallHelp } from './help.ts';

interface Holder {
  readonly pid: number;
  /** When the process started, in clock ticks since boot (Linux), so that a reused process id is not taken for it. */
  readonly started: string;
}

/** Waits until the lock at `path` is ours (saying once for whom), and returns what gives it back. Fails with `interrupted`. */
export async function acquireLock(path: string, help: Pick<InstallHelp, 'stop' | 'say'>): Promise<Result<() => void>> {
  const mine = JSON.stringify({ pid: process.pid, started: processStart(process.pid) ?? '' } satisfies Holder);
  mkdirSync(dirname(path), { recursive: true });
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
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
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
  } catch {
    return true;
  } finally {
    rmSync(aside, { force: true });
  }
}

const isAlive = ({ pid, started }: Holder): boolean => isProcessAlive(pid) && (processStart(pid) ?? '') === started;

/** Field 22 of /proc/PID/stat; undefined where there is none. */
function processStart(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
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
  } catch {
    return undefined;
  }
}
