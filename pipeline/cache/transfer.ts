/**
 * Copies finished entries between a cache and a folder that several people share, which is laid out as a cache is
 * (`objects/`, `keys/`). Objects go first and the key's record last, each under another name until it is whole and has
 * its digest: killed anywhere, the same command goes on. Nobody collects in a shared folder; entries there are only added.
 */
import { copyFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { digestFile } from '../plan/digest.ts';
import { errorCode } from './file-failure.ts';
import { findKey } from './find.ts';
import { statOf } from './inventory.ts';
import { readKeyRecord } from './key-record.ts';
import type { KeyRecord } from './key-record.ts';
import { keyPath, objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { temporaryPath } from './temporary.ts';
import { takingTurns } from './turn.ts';

/** copied: now there. there: was there already, whole by size. absent: the source has none. damaged: a file of the source is gone or not what its digest says. */
export type Transfer =
  | { readonly state: 'copied' | 'there'; readonly record: KeyRecord; readonly objects: number; readonly bytes: number }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly record: KeyRecord | undefined; readonly digests: readonly string[] };

/** A shared folder as a cache that only holds finished entries. */
export function layoutOfShared(folder: string): Layout {
  const at = (name: string): string => path.join(folder, name);
  return {
    cache: folder, objects: at('objects'), keys: at('keys'), checkpoints: at('checkpoints'), leases: at('leases'),
    quarantine: at('quarantine'), temporary: at('tmp'), statIndex: at('stat-index'), work: at('work'),
  };
}

/** File-system errors of the target are thrown as Node gives them. */
export async function transferEntry(from: Layout, to: Layout, key: string): Promise<Transfer> {
  const text = await readFile(keyPath(from, key), 'utf8').catch(() => undefined);
  if (text === undefined) return { state: 'absent' };
  const record = readKeyRecord(text, key);
  if (record === undefined) return { state: 'damaged', record, digests: [] };
  if ((await findKey(to, key)).state === 'present') return { state: 'there', record, objects: 0, bytes: 0 };
  const listing = await copyObject(from, to, record.outputs);
  if (listing === 'damaged') return { state: 'damaged', record, digests: [record.outputs] };
  const found = await findKey(from, key);
  if (found.state !== 'present') return { state: 'damaged', record, digests: [] };
  const digests = new Set([...found.entry.files.map((file) => file.digest), ...listingsBeside(from, record)]);
  const damaged: string[] = [];
  let [objects, bytes] = listing === 'there' ? [0, 0] : [1, listing];
  const giveUpTurn = takingTurns();
  for (const digest of digests) {
    await giveUpTurn();
    const copied = await copyObject(from, to, digest);
    if (copied === 'damaged') damaged.push(digest);
    else if (copied !== 'there') [objects, bytes] = [objects + 1, bytes + copied];
  }
  if (damaged.length > 0) return { state: 'damaged', record, digests: damaged };
  await writeKey(to, key, text);
  return { state: 'copied', record, objects, bytes };
}

/** Listings of outside folders, by which `why` names the files that changed. */
const listingsBeside = (from: Layout, { manifest }: KeyRecord): readonly string[] =>
  Object.values(manifest.outside).filter((digest) => statOf(objectPath(from, digest))?.isFile() === true);

/** The bytes that were copied. One that is there already is read whole: what an interrupted copy of another program left may be anything. */
async function copyObject(from: Layout, to: Layout, digest: string): Promise<number | 'there' | 'damaged'> {
  const target = objectPath(to, digest);
  if (existsSync(target) && (await digestFile(target).catch(() => undefined)) === digest) return 'there';
  const temporary = await temporaryPath(to.temporary);
  try {
    if (!(await copyChecked(objectPath(from, digest), temporary, digest))) return 'damaged';
    chmodSync(temporary, 0o444);
    mkdirSync(path.dirname(target), { recursive: true });
    renameSync(temporary, target);
    return statSync(target).size;
  } finally {
    rmSync(temporary, { force: true });
  }
}

const readAtOnce = 1 << 20;

/** False where the source is gone or damaged; the copy is what is digested. */
async function copyChecked(source: string, temporary: string, digest: string): Promise<boolean> {
  const stat = statOf(source);
  if (stat === undefined) return false;
  try {
    if (stat.size <= readAtOnce) copyFileSync(source, temporary, constants.COPYFILE_FICLONE);
    else await copyFile(source, temporary, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && !existsSync(source)) return false;
    throw error;
  }
  return (await digestFile(temporary)) === digest;
}

async function writeKey(to: Layout, key: string, text: string): Promise<void> {
  const temporary = await temporaryPath(to.temporary);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    mkdirSync(to.keys, { recursive: true });
    renameSync(temporary, keyPath(to, key));
  } finally {
    rmSync(temporary, { force: true });
  }
}
