/** Files in a run folder that are nobody's any more. */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { partial } from '../cache/materialise.ts';
import { isTemporaryName } from './write-atomic.ts';

/** Removes what a process that died while writing left behind. Only for who holds the folder's lock. */
export async function removePartials(folder: string): Promise<void> {
  for (const path of await filesBelow(folder)) {
    const name = basename(path);
    if (isTemporaryName(name) || name.startsWith(partial)) await rm(join(folder, path), { force: true });
  }
}

/** Removes the files at `declared` (a trailing slash: everything below) that `kept` does not name. */
export async function removeOthers(folder: string, declared: readonly string[], kept: readonly string[]): Promise<void> {
  const wanted = new Set(kept);
  for (const path of declared) {
    const found = path.endsWith('/') ? await filesBelow(folder, path) : [path];
    for (const file of found) if (!wanted.has(file)) await rm(join(folder, file), { force: true });
  }
}

/** Relative to `root`, with forward slashes; links are not followed. */
async function filesBelow(root: string, prefix = ''): Promise<readonly string[]> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const files = entries.map((entry) => (entry.isDirectory() ? filesBelow(root, `${prefix}${entry.name}/`) : [prefix + entry.name]));
  return (await Promise.all(files)).flat();
}
