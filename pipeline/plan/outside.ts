/** Digests of the files and folders outside the cache that stages read. */
import { stat } from 'node:fs/promises';
import { failed, ok } from '../failure.ts';
import type { Failure, Result } from '../failure.ts';
import type { OutsideInput } from '../stage.ts';
import { digestFile, digestText, listFolder, listingText } from './digest.ts';
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
    const found = await stat(input.path);
    if (found.isFile()) return ok({ name: input.name, digest: await digester(input.path) });
    if (!found.isDirectory()) return missing(input, 'is neither a file nor a folder');
    const files = await listFolder(input.path, digester);
    const listing = listingText(files);
    return ok({ name: input.name, digest: digestText(listing), files, listing });
  } catch (error) {
    return missing(input, whyUnreadable(error));
  }
}

function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return 'does not exist';
  if (error.code === 'EACCES' || error.code === 'EPERM') return 'may not be read';
  return `cannot be read (${String(error.code)})`;
}

function missing(input: OutsideInput, why: string): { readonly ok: false; readonly failure: Failure } {
  return failed('outside-input-missing', `${input.path} ${why}`, {
    ...(input.where === undefined ? {} : { where: input.where }),
    expected: 'a file or folder that can be read',
    hint: 'correct the path; a relative one starts at the config that names it',
  });
}
