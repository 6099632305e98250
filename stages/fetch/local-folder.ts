import { readdirSync, statSync } from 'node:fs';
import { constants, copyFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import { findRoot, folderMissing, isLitter, layOut, namedFolders } from './layout.ts';
import type { SplitFolders } from './schema.ts';
import type { ReadableData } from './unpack.ts';

/** The folder in which the folders that `splits` names lie: `folder` itself or one in it. */
export function localRoot(mapping: SplitFolders, folder: string): string | undefined {
  const root = findRoot(mapping, topFolders(folder), (name) => isFolder(join(folder, name)));
  return root === undefined ? undefined : join(folder, root);
}

/** The user's own images, read in place and copied. Links are followed: they are the user's. */
export async function openFolder(mapping: SplitFolders, folder: string): Promise<Result<ReadableData>> {
  const root = localRoot(mapping, folder);
  if (root === undefined) return folderMissing(mapping, folder, nearFolders(folder));
  const layout = layOut(mapping, '', await filesIn(root, namedFolders(mapping)));
  if (!layout.ok) return layout;
  return ok({
    layout: layout.value,
    async copy(image, target) {
      await copyFile(join(root, image.source), target, constants.COPYFILE_FICLONE);
      return ok(undefined);
    },
    close: async () => undefined,
  });
}

async function filesIn(root: string, folders: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const folder of folders) {
    for (const name of await readdir(join(root, folder))) {
      const found = await stat(join(root, folder, name)).catch(() => undefined);
      if (found?.isFile()) paths.push(`${folder}/${name}`);
    }
  }
  return paths;
}

/** Of a folder that may not be listed, none. */
function topFolders(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !isLitter(name) && isFolder(join(folder, name))).sort();
  } catch {
    return [];
  }
}

const nearFolders = (folder: string): string[] =>
  topFolders(folder).flatMap((top) => [top, ...topFolders(join(folder, top)).map((inner) => `${top}/${inner}`)]);

/** A link that leads nowhere or to itself is none. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
