/** Content-addressed, read-only files. No fsync: what a power cut leaves does not have its digest, which is found on use. */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { chmod, constants, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestBytes, digestFile, digestText } from '../plan/digest.ts';
import { errorCode } from './file-failure.ts';
import { objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { ifThere } from './reading.ts';
import { temporaryPath } from './temporary.ts';

const readOnly = 0o444;

/** What is known of a file that is to become an object. */
export interface Adopted {
  readonly digest: string;
  readonly bytes: number;
}

/**
 * Moves a file that a stage wrote into the store. An object of that digest that is there already is replaced: the new
 * one has just been read, so this also mends a damaged one. A file with other names (hard links) or on another file
 * system is copied. File-system errors are thrown as Node gives them.
 */
export async function adoptObject(layout: Layout, file: string): Promise<Adopted> {
  const { size, nlink } = statSync(file);
  if (nlink > 1) return adoptCopy(layout, file);
  const digest = await digestFile(file);
  try {
    chmodSync(file, readOnly);
    place(file, objectPath(layout, digest));
  } catch (error) {
    // Another file system, or a file that a command left as another user's.
    if (!['EXDEV', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
    return adoptCopy(layout, file);
  }
  return { digest, bytes: size };
}

function place(file: string, target: string): void {
  try {
    renameSync(file, target);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    mkdirSync(path.dirname(target), { recursive: true });
    renameSync(file, target);
  }
}

/** As {@link adoptObject}, but leaves the file. The copy is what gets digested, so that a change of the original in between does no harm. */
export async function adoptCopy(layout: Layout, file: string): Promise<Adopted> {
  const temporary = await temporaryPath(layout.temporary);
  try {
    await copyFile(file, temporary, constants.COPYFILE_FICLONE);
    await chmod(temporary, readOnly);
    const digest = await digestFile(temporary);
    const bytes = statSync(temporary).size;
    place(temporary, objectPath(layout, digest));
    return { digest, bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Stores a text as an object; returns its digest. */
export async function storeText(layout: Layout, text: string): Promise<string> {
  const digest = digestText(text);
  await writeWhole(layout, objectPath(layout, digest), text, readOnly);
  return digest;
}

/** At once: see turn.ts. Undefined where nothing is there; errors of the file system are thrown: see reading.ts. */
export const readIfThere = (file: string): Buffer | undefined => ifThere(() => readFileSync(file));

/** The text of an object; undefined where there is none or it is damaged. Throws as {@link readIfThere}. */
export async function readText(layout: Layout, digest: string): Promise<string | undefined> {
  const content = readIfThere(objectPath(layout, digest));
  if (content === undefined || digestBytes(content) !== digest) return undefined;
  return content.toString('utf8');
}

/** Writes a file of the cache so that it is never seen in part. */
export async function writeWhole(layout: Layout, target: string, text: string, mode = 0o644): Promise<void> {
  const temporary = await temporaryPath(layout.temporary);
  try {
    await writeFile(temporary, text, { mode, flag: 'wx' });
    await mkdir(path.dirname(target), { recursive: true });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
