/** Copying finished files of a running stage into the run folder, each whole or not at all, so that people can watch. */
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { placeWhole } from './write-atomic.ts';

/**
 * `paths` are relative to `from`: files, or folders with everything below. One that is not there is left out.
 * Resolves to whether a file appeared that was not there before: something new to see, not only a longer table.
 */
export async function publishFiles(from: string, paths: readonly string[], runFolder: string): Promise<boolean> {
  let appeared = false;
  for (const path of paths) appeared = (await publishPath(from, insideOnly(path), runFolder)) || appeared;
  return appeared;
}

async function publishPath(from: string, path: string, runFolder: string): Promise<boolean> {
  const source = join(from, path);
  const stats = await lstat(source).catch(() => undefined);
  if (stats?.isDirectory() === true) return publishFiles(from, (await readdir(source)).map((name) => join(path, name)), runFolder);
  if (stats?.isFile() !== true) return false;
  const target = join(runFolder, path);
  const isNew = (await lstat(target).catch(() => undefined)) === undefined;
  await copyWhole(source, target);
  return isNew;
}

async function copyWhole(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await placeWhole(target, (temporary) => copyFile(source, temporary, constants.COPYFILE_FICLONE));
}

function insideOnly(path: string): string {
  const plain = normalize(path);
  if (isAbsolute(plain) || plain === '..' || plain.startsWith(`..${sep}`)) throw new Error(`a stage published ${path}, which lies outside its output folder`);
  return plain;
}
