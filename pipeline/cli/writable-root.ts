/** Whether a run could write here at all: said before anything is installed or computed, in terms of the folder that a person chose. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, fileFailure } from '../cache/file-failure.ts';
import { failed, ok, type Result } from '../failure.ts';

/** Failure: `cache-unwritable`. Writes nothing. */
export function writableRoot(root: string): Result<void> {
  for (const name of ['.giverny', 'runs']) {
    const folder = nearestExisting(join(root, name));
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      return unwritable(root, folder, error);
    }
  }
  return ok(undefined);
}

function unwritable(root: string, folder: string, error: unknown): Result<void> {
  const reason = fileFailure(error, folder).failure.message.split(': ').at(-1) ?? errorCode(error);
  return failed('cache-unwritable', `nothing can be written to ${folder}: ${reason}`, {
    hint: `a run writes ${join(root, '.giverny')} and ${join(root, 'runs')}: choose another place with --root DIR, or go to a folder of your own`,
  });
}

function nearestExisting(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Where nothing was ever run, nothing can be done already. */
export const neverUsed = (root: string): boolean => !existsSync(join(root, '.giverny'));
