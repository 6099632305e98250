/** Digests the objects of an entry, and takes damaged ones out of use. */
import type { StoredFile } from '../stage.ts';
import type { CacheEntry } from './entry.ts';
import { objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { quarantine } from './quarantine.ts';
import { insist, isAbsent } from './reading.ts';
import type { StatIndex } from './stat-index.ts';
import { takingTurns } from './turn.ts';

/**
 * Every file of the entry (or those that `filter` takes) whose object is not there or is not what its name says.
 * These are in quarantine afterwards, with the keys that name them. Objects unchanged since last read are not read again.
 * One that is there and cannot be read is thrown as Node gives it: nobody knows that it is damaged.
 */
export async function checkEntry(
  layout: Layout,
  index: StatIndex,
  entry: CacheEntry,
  filter: (file: StoredFile) => boolean = () => true,
): Promise<readonly StoredFile[]> {
  const damaged: StoredFile[] = [];
  const giveUpTurn = takingTurns();
  for (const file of entry.files) {
    if (!filter(file)) continue;
    await giveUpTurn();
    if (!(await isSound(layout, index, file))) damaged.push(file);
  }
  index.flush();
  if (damaged.length > 0) await quarantine(layout, new Set(damaged.map((file) => file.digest)));
  return damaged;
}

async function isSound(layout: Layout, index: StatIndex, file: StoredFile): Promise<boolean> {
  try {
    return (await insist(() => index.digest(objectPath(layout, file.digest)))) === file.digest;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
