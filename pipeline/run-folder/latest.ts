/** `runs/latest`: the run last invoked. A symbolic link, or where links fail (Windows) a text file that holds the name. */
import { readlinkSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileFailure } from '../cache/file-failure.ts';
import { placeWhole, removeAbandonedIn, writeAtomic } from './write-atomic.ts';

export const latestName = 'latest';

/** Undefined where it could be moved; else a line that says why not, which nobody's run should end for. */
export async function pointLatestTo(runs: string, runName: string): Promise<string | undefined> {
  const link = join(runs, latestName);
  try {
    if (await readLatest(runs) === runName) return undefined;
    await removeAbandonedIn(runs);
    await placeWhole(link, (temporary) => symlink(runName, temporary, 'dir')).catch(() => writeAtomic(link, `${runName}\n`));
    return undefined;
  } catch (error) {
    return `${link} was left as it is: ${fileFailure(error, link).failure.message}`;
  }
}

/** The name of the run last invoked; undefined where there is none. */
export async function readLatest(runs: string): Promise<string | undefined> {
  const link = join(runs, latestName);
  const target = linkTarget(link) ?? await readFile(link, 'utf8').catch(() => undefined);
  return target === undefined ? undefined : basename(target.trim());
}

function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined; // none there, or a text file
  }
}
