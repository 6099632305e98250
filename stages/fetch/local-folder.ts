import { readdirSync, statSync } from 'node:fs';
import { access, constants, copyFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import { findRoot, isLitter, layOut, namedFolders, rootFailure } from './layout.ts';
import type { Folders } from './layout.ts';
import type { SplitFolders } from './schema.ts';
import type { ReadableData } from './unpack.ts';

/** The folder in which the folders that `splits` names lie: `folder` itself or one in it. */
export function localRoot(mapping: SplitFolders, folder: string): string | undefined {
  const root = findRoot(mapping, foldersOf(folder));
  return root === undefined ? undefined : join(folder, root);
}

/** The user's own images, read in place and copied. Links are followed: they are the user's. */
export async function openFolder(mapping: SplitFolders, folder: string): Promise<Result<ReadableData>> {
  const root = localRoot(mapping, folder);
  if (root === undefined) return rootFailure(mapping, folder, foldersOf(folder), nearFolders(folder));
  const layout = layOut(mapping, '', await filesIn(root, namedFolders(mapping)));
  if (!layout.ok) return layout;
  return ok({
    layout: layout.value,
    async copy(image, target) {
      const source = join(root, image.source);
      const readable = await access(source, constants.R_OK).then(() => true, () => false);
      if (!readable) return failed('outside-input-missing', `${source} may not be read`, { hint: 'mend it, or take it out of the folder' });
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      return ok(undefined);
    },
    close: async () => undefined,
  });
}

const foldersOf = (folder: string): Folders => ({ top: topFolders(folder), has: (name) => isFolder(join(folder, name)) });

async function filesIn(root: string, folders: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const folder of folders) {
    for (const name of await readdir(join(root, folder))) {
      const found = await stat(join(root, folder, name)).catch(noneIfBroken);
      if (found?.isFile()) paths.push(`${folder}/${name}`);
    }
  }
  return paths;
}

/** Of links that lead nowhere or to themselves. An image that cannot be read must not be left out in silence. */
const noneIfBroken = (error: unknown): undefined => noneIf(['ENOENT', 'ENOTDIR', 'ELOOP'], error);
/** Nor are folders of others ours; what a failing disk says is nothing. */
const noneIfNotOurs = (error: unknown): undefined => noneIf(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM'], error);

function noneIf(codes: readonly string[], error: unknown): undefined {
  if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
  throw error;
}

/** Of a folder that may not be listed, none. */
function topFolders(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !isLitter(name) && isFolder(join(folder, name))).sort();
  } catch (error) {
    return noneIfNotOurs(error) ?? [];
  }
}

const nearFolders = (folder: string): string[] =>
  topFolders(folder).flatMap((top) => [top, ...topFolders(join(folder, top)).map((inner) => `${top}/${inner}`)]);

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    return noneIfNotOurs(error) ?? false;
  }
}
