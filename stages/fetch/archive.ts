/** Reading a zip that nobody vouches for. */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import crc32 from 'crc-32';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import { fetchFailed } from './failures.ts';
import { findRoot, isLitter, layOut, rootFailure } from './layout.ts';
import type { SplitFolders } from './schema.ts';
import type { ReadableData } from './unpack.ts';

/** Reads the directory of a zip and decides what comes out of it, before anything does. `label` is its name for people. */
export async function openArchive(mapping: SplitFolders, file: string, label: string): Promise<Result<ReadableData>> {
  const opened = await readDirectory(file, label);
  if (!opened.ok) return opened;
  const { zip, entries } = opened.value;
  const data = dataOf(mapping, label, zip, entries);
  if (!data.ok) zip.close();
  return data;
}

interface Directory {
  readonly zip: ZipFile;
  readonly entries: readonly Entry[];
}

async function readDirectory(file: string, label: string): Promise<Result<Directory>> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { autoClose: false, lazyEntries: true });
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    return ok({ zip, entries });
  } catch (error) {
    zip?.close();
    return unreadable(error, file, label);
  }
}

async function unreadable(error: unknown, file: string, label: string) {
  if (!(error instanceof Error) || 'code' in error) throw error;
  // yauzl's words for `../`, a leading slash or a drive letter, and backslashes.
  if (/relative path|absolute path|invalid characters/.test(error.message)) {
    return fetchFailed('fetch-unsafe-archive', `${label} holds a path that leads out of the archive (${error.message})`, {
      hint: 'do not trust this file; nothing was unpacked',
    });
  }
  const start = await firstBytes(file);
  if (start.startsWith('PK')) return damaged(label, error.message);
  const seems = /^\s*</.test(start) ? 'a web page, not a zip (the address may lead to a log-in or a notice)' : 'not a zip';
  return fetchFailed('fetch-not-a-zip', `${label} is ${seems}`, { expected: 'a zip archive with folders of images' });
}

const damaged = (label: string, why: string) =>
  fetchFailed('fetch-not-a-zip', `${label} is cut short or damaged: ${why}`, { hint: 'get the file again' });

async function firstBytes(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function dataOf(mapping: SplitFolders, label: string, zip: ZipFile, entries: readonly Entry[]): Result<ReadableData> {
  const byPath = new Map(entries.map((entry) => [plain(entry.fileName), entry]));
  const paths = entries.map((entry) => plain(entry.fileName)).filter((path) => !path.endsWith('/'));
  const folders = foldersOf([...byPath.keys()]);
  const known = { top: [...folders].filter((folder) => !folder.includes('/')).sort(), has: (folder: string) => folders.has(folder) };
  const root = findRoot(mapping, known);
  if (root === undefined) return rootFailure(mapping, label, known, [...folders]);
  const layout = layOut(mapping, root, paths);
  if (!layout.ok) return layout;
  const unsafe = layout.value.images.map(({ source }) => byPath.get(source)).find((entry) => entry && (isLink(entry) || entry.isEncrypted()));
  if (unsafe) {
    const kind = unsafe.isEncrypted() ? 'is encrypted' : 'is a symbolic link';
    return fetchFailed('fetch-unsafe-archive', `${plain(unsafe.fileName)} in ${label} ${kind}`, {
      expected: 'a zip of plain files',
      hint: 'unpack it yourself and give the folder as url',
    });
  }
  return ok({
    layout: layout.value,
    copy: (image, target) => extract(zip, byPath.get(image.source)!, target, label),
    close: async () => zip.close(),
  });
}

/** Writes one file, checking its size (yauzl) and its CRC-32 (here). */
async function extract(zip: ZipFile, entry: Entry, target: string, label: string): Promise<Result<void>> {
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32.buf(chunk, sum);
      done(null, chunk);
    },
  });
  try {
    await pipeline(await zip.openReadStreamPromise(entry), check, createWriteStream(target, { flags: 'wx' }));
  } catch (error) {
    if (!(error instanceof Error) || isFileSystemError(error)) throw error;
    return damaged(label, `${plain(entry.fileName)}: ${error.message}`);
  }
  return sum >>> 0 === entry.crc32 ? ok(undefined) : damaged(label, `the checksum of ${plain(entry.fileName)} is wrong`);
}

/** A full disk, say; zlib's errors have codes that begin with Z. */
const isFileSystemError = (error: Error) => 'code' in error && 'syscall' in error;

const plain = (path: string) => path.replace(/^(\.\/)+/, '');

function foldersOf(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    if (isLitter(path)) continue;
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) folders.add(path.slice(0, slash));
  }
  return folders;
}

/** The Unix mode that the upper half of the attributes holds where the zip was made on Unix. */
const isLink = (entry: Entry): boolean => ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
