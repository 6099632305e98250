/** Writing a file whole or not at all, so that a reader or a crash never sees half of it. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ownerName, self } from '../cache/owner.ts';
import { removeAbandoned } from '../cache/temporary.ts';

export interface WriteOptions {
  /** Also through a power cut: the file and its folder are forced to the disk before this resolves. */
  readonly durable?: boolean;
}

const [beginning, ending] = ['.', '.partial'] as const;

/** Readers of a run folder skip names that begin with a dot. It says which process writes, so that a dead one's is known. */
const temporaryName = async (path: string): Promise<string> => `${dirname(path)}/${beginning}${ownerName(await self())}${ending}`;

/** Removes what dead processes left in `folder` on its way to its place, where others may be writing now. */
export const removeAbandonedIn = (folder: string): Promise<void> => removeAbandoned(folder, { prefix: beginning, suffix: ending });

/** Whether a file is one on its way to its place: left over, if nobody writes there now. */
export const isTemporaryName = (name: string): boolean => name.startsWith(beginning) && name.endsWith(ending);

/** `write` makes the file under the name it is given; then it takes its place, or, where something failed, is removed. */
export async function placeWhole(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = await temporaryName(path);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export async function writeAtomic(path: string, content: string, { durable = false }: WriteOptions = {}): Promise<void> {
  await placeWhole(path, async (temporary) => {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
  });
  if (durable) await syncFolder(dirname(path));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; there the rename itself is what the file system gives.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
