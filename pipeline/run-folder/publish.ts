/** Copying finished files of a running stage into the run folder, each whole or not at all, so that people can watch. */
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { temporaryName } from './write-atomic.ts';

/** `paths` are relative to `from`: files, or folders with everything below. One that is not there is left out. */
export async function publishFiles(from: string, paths: readonly string[], runFolder: string): Promise<void> {
  for (const path of paths) await publishPath(from, insideOnly(path), runFolder);
}

async function publishPath(from: string, path: string, runFolder: string): Promise<void> {
  const source = join(from, path);
  const stats = await lstat(source).catch(() => undefined);
  if (stats?.isFile() === true) return copyWhole(source, join(runFolder, path));
  if (stats?.isDirectory() !== true) return;
  for (const name of await readdir(source)) await publishPath(from, join(path, name), runFolder);
}

async function copyWhole(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const temporary = temporaryName(target);
  try {
    await copyFile(source, temporary, constants.COPYFILE_FICLONE);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function insideOnly(path: string): string {
  const plain = normalize(path);
  if (isAbsolute(plain) || plain === '..' || plain.startsWith(`..${sep}`)) throw new Error(`a stage published ${path}, which lies outside its output folder`);
  return plain;
}
