/** sha256 digests, lower-case hex, of texts, of files (streamed) and of folder trees. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { takingTurns } from '../cache/turn.ts';

/** One file of a tree: its path (forward slashes, relative to the tree), sha256 and size. */
export interface ListedFile {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/**
 * Gives a file's digest; the cache's remembers those of files that have not changed since. `found`: what stat has just
 * said of the file, where that is known.
 */
export type FileDigester = (file: string, found?: BigIntStats) => Promise<string>;

const chunkBytes = 1 << 20;

export const digestText = (text: string): string => digestBytes(Buffer.from(text, 'utf8'));

export function digestBytes(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A file up to 1 MiB is read at once, which is several times as fast (cache/turn.ts); a larger one in pieces. Errors of the file system are thrown as Node gives them. */
export async function digestFile(file: string): Promise<string> {
  if (statSync(file).size <= chunkBytes) return digestBytes(readFileSync(file));
  const handle = await open(file, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Code-unit order, the same everywhere; locale order is not. */
export const byPath = (left: { readonly path: string }, right: { readonly path: string }): number =>
  left.path < right.path ? -1 : left.path > right.path ? 1 : 0;

/**
 * The text that stands for a set of files: canonical JSON of `[path, digest, bytes]`, sorted by path.
 * Its sha256 is the digest of a folder and of a stage's outputs; kept as an object, it says later which files differ.
 */
export function listingText(files: readonly ListedFile[]): string {
  // Of texts and whole numbers JSON.stringify writes the canonical text, four times as fast.
  return JSON.stringify([...files].sort(byPath).map((file) => [file.path, file.digest, file.bytes]));
}

/** The inverse of {@link listingText}; undefined where the text is no listing, or names a path outside its folder. */
export function parseListing(text: string): readonly ListedFile[] | undefined {
  const rows = parseJson(text);
  if (!Array.isArray(rows)) return undefined;
  const files: ListedFile[] = [];
  for (const row of rows) {
    if (!Array.isArray(row)) return undefined;
    const [relative, digest, bytes] = row as unknown[];
    if (typeof relative !== 'string' || !staysInside(relative)) return undefined;
    if (typeof digest !== 'string' || !isDigest(digest) || typeof bytes !== 'number') return undefined;
    files.push({ path: relative, digest, bytes });
  }
  return files;
}

export const isDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** False for an absolute path and for one that climbs: neither may come out of a listing that somebody else wrote. */
export function staysInside(relative: string): boolean {
  if (relative === '' || relative.includes('\\') || relative.includes('\0') || path.isAbsolute(relative)) return false;
  return relative.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The files of a folder, sorted by path, each with its digest. Links are followed (people link to their data);
 * a link back to a folder that contains it is skipped. Empty folders do not count.
 */
export async function listFolder(folder: string, digester: FileDigester = digestFile): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  await listInto(files, folder, '', [], { digester, giveUpTurn: takingTurns() });
  return files.sort(byPath);
}

interface Listing {
  readonly digester: FileDigester;
  giveUpTurn(): Promise<void> | undefined;
}

async function listInto(files: ListedFile[], folder: string, prefix: string, above: readonly string[], listing: Listing): Promise<void> {
  const real = realpathSync(folder);
  if (above.includes(real)) return;
  for (const name of readdirSync(folder).sort()) {
    await listing.giveUpTurn();
    const absolute = folder.endsWith(path.sep) ? folder + name : folder + path.sep + name;
    const found = statSync(absolute, { bigint: true });
    if (found.isDirectory()) await listInto(files, absolute, `${prefix}${name}/`, [...above, real], listing);
    else if (found.isFile()) files.push({ path: prefix + name, digest: await listing.digester(absolute, found), bytes: Number(found.size) });
  }
}
