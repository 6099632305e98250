/** Digests of the files and folders outside the cache that stages read. */
import { statSync } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../cache/file-failure.ts';
import { failed, ok } from '../failure.ts';
import type { Failure, Result } from '../failure.ts';
import type { OutsideInput } from '../stage.ts';
import { byPath, digestFile, digestText, listFolder, listingText } from './digest.ts';
import type { FileDigester, ListedFile } from './digest.ts';

/** What an outside file or folder holds. A folder's digest is that of its listing, kept to say later which files changed. */
export interface OutsideContent {
  readonly name: string;
  readonly digest: string;
  /** Of a folder: its files, and the listing whose digest it is. */
  readonly files?: readonly ListedFile[];
  readonly listing?: string;
}

/** Failure: `outside-input-missing`, where the config names it. */
export async function readOutside(input: OutsideInput, digester: FileDigester = digestFile): Promise<Result<OutsideContent>> {
  try {
    const found = statSync(input.path);
    if (found.isFile()) return ok({ name: input.name, digest: await digester(input.path) });
    if (!found.isDirectory()) return missing(input, 'is neither a file nor a folder');
    const files = input.only === undefined ? await listFolder(input.path, digester) : await listOnly(input.path, input.only, digester);
    const listing = listingText(files);
    return ok({ name: input.name, digest: digestText(listing), files, listing });
  } catch (error) {
    return unreadable(input, error);
  }
}

async function listOnly(folder: string, names: readonly string[], digester: FileDigester): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    files.push({ path: name, digest: await digester(file), bytes: (await stat(file)).size });
  }
  return files.sort(byPath);
}

/** Names the file below a folder that is meant, where it is not the folder itself. */
async function unreadable(input: OutsideInput, error: unknown): Promise<Result<never>> {
  if (errorCode(error) === undefined) throw error;
  const { path: at = input.path } = error as NodeJS.ErrnoException;
  const below = at.startsWith(input.path + path.sep);
  const file = below ? at : input.path;
  const isLink = await lstat(file).then((found) => found.isSymbolicLink(), () => false);
  const why = whyUnreadable(errorCode(error)!, isLink);
  return missing(input, why, below ? { file, hint: 'mend it, or take it out of the folder' } : {});
}

function whyUnreadable(code: string, isLink: boolean): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return isLink ? 'is a link to something that does not exist' : 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  if (code === 'ELOOP') return 'is a link that leads back to itself';
  return `cannot be read (${code})`;
}

const correctPath = 'correct the path; a relative one starts at the config that names it';

function missing(input: OutsideInput, why: string, { file = input.path, hint = correctPath } = {}): { readonly ok: false; readonly failure: Failure } {
  return failed('outside-input-missing', `${file} ${why}`, {
    ...(input.where === undefined ? {} : { where: input.where }),
    expected: 'a file or folder that can be read',
    hint,
  });
}
