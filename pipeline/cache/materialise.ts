/** Copies files of an entry into a folder of the user's, each whole or not at all. */
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, constants, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { ok } from '../failure.ts';
import type { Result } from '../failure.ts';
import type { StoredFile } from '../stage.ts';
import { digestBytes, digestFile } from '../plan/digest.ts';
import type { CacheEntry } from './entry.ts';
import { fileFailure } from './file-failure.ts';
import { objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { readIfThere } from './objects.ts';
import { ownerName, self } from './owner.ts';
import { quarantine } from './quarantine.ts';
import type { StatIndex } from './stat-index.ts';
import { removeAbandoned } from './temporary.ts';
import { takingTurns } from './turn.ts';

export interface Materialised {
  /** Files that were missing or differed; the others were right already. */
  readonly copied: readonly StoredFile[];
  /** Files whose object is not what its name says. These were not copied, and are in quarantine with their keys. */
  readonly damaged: readonly StoredFile[];
}

/** Before the owner's name, in the name of a file that is being copied. */
export const partial = '.giverny-';
const readAtOnce = 1 << 20;

/** Files of other names in `folder` are left alone. Failures: `cache-full`, `cache-unwritable` (they name the file). */
export async function materialiseEntry(
  layout: Layout,
  index: StatIndex,
  entry: CacheEntry,
  filter: (file: StoredFile) => boolean,
  folder: string,
): Promise<Result<Materialised>> {
  const copied: StoredFile[] = [];
  const damaged: StoredFile[] = [];
  const copy = await copier(layout);
  const giveUpTurn = takingTurns();
  for (const file of entry.files) {
    if (!filter(file)) continue;
    await giveUpTurn();
    const target = path.join(folder, file.path);
    try {
      if (await isThere(index, target, file)) continue;
      (await copy(file, target) ? copied : damaged).push(file);
    } catch (error) {
      return fileFailure(error, target);
    }
  }
  index.flush();
  if (damaged.length > 0) await quarantine(layout, new Set(damaged.map((file) => file.digest)));
  return ok({ copied, damaged });
}

async function isThere(index: StatIndex, target: string, file: StoredFile): Promise<boolean> {
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size !== file.bytes) return false;
  return (await index.digest(target)) === file.digest;
}

/** A function that copies one object; it says whether the object was sound. A copy is checked before it gets its name. */
async function copier(layout: Layout): Promise<(file: StoredFile, target: string) => Promise<boolean>> {
  const owner = await self();
  const prepared = new Set<string>();
  return async (file, target) => {
    const folder = path.dirname(target);
    if (!prepared.has(folder)) await prepareFolder(folder);
    prepared.add(folder);
    const temporary = path.join(folder, partial + ownerName(owner));
    const copy = file.bytes <= readAtOnce ? copySmall : copyLarge;
    try {
      const sound = await copy(objectPath(layout, file.digest), temporary, file.digest);
      if (sound) renameSync(temporary, target);
      else rmSync(temporary, { force: true });
      return sound;
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  };
}

function copySmall(object: string, target: string, digest: string): boolean {
  const content = readIfThere(object);
  if (content === undefined || digestBytes(content) !== digest) return false;
  writeFileSync(target, content, { flag: 'wx' });
  return true;
}

/** A reflink where the file system has it. */
async function copyLarge(object: string, target: string, digest: string): Promise<boolean> {
  if (lstatSync(object, { throwIfNoEntry: false }) === undefined) return false;
  await copyFile(object, target, constants.COPYFILE_FICLONE);
  await chmod(target, 0o644);
  return (await digestFile(target)) === digest;
}

/** Makes the folder, and removes what a process that died while copying left in it. */
async function prepareFolder(folder: string): Promise<void> {
  if (mkdirSync(folder, { recursive: true }) === undefined) await removeAbandoned(folder, { prefix: partial });
}
