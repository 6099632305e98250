/** Writing a file whole or not at all, so that a reader or a crash never sees half of it. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WriteOptions {
  /** Also through a power cut: the file and its folder are forced to the disk before this resolves. */
  readonly durable?: boolean;
}

/** The name under which `path` is written before it takes its place; readers of a run folder skip names that begin with a dot. */
export const temporaryName = (path: string): string => `${dirname(path)}/.${randomBytes(6).toString('hex')}.partial`;

export async function writeAtomic(path: string, content: string, { durable = false }: WriteOptions = {}): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
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
