/** `runs/latest`: the run last invoked. A symbolic link, or where links fail (Windows) a text file that holds the name. */
import { readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { temporaryName, writeAtomic } from './write-atomic.ts';

export const latestName = 'latest';

export async function pointLatestTo(runs: string, runName: string): Promise<void> {
  const link = join(runs, latestName);
  if (await readLatest(runs) === runName) return;
  const temporary = temporaryName(link);
  try {
    await symlink(runName, temporary, 'dir');
    await rename(temporary, link);
  } catch {
    await rm(temporary, { force: true });
    await writeAtomic(link, `${runName}\n`);
  }
}

/** The name of the run last invoked; undefined where there is none. */
export async function readLatest(runs: string): Promise<string | undefined> {
  const link = join(runs, latestName);
  const target = await readlink(link).catch(() => readFile(link, 'utf8')).catch(() => undefined);
  return target === undefined ? undefined : basename(target.trim());
}
