import { basename } from 'node:path';
import { CheckpointError, readCheckpoint } from './checkpoint.ts';
import { iterationOf } from './folder-name.ts';

/** What is wrong with a checkpoint; undefined where nothing is, and for a folder that is none. Reads it whole. */
export async function examineCheckpoint(folder: string): Promise<string | undefined> {
  if (iterationOf(basename(folder)) === undefined) return undefined;
  try {
    await readCheckpoint(folder);
    return undefined;
  } catch (error) {
    if (error instanceof CheckpointError) return error.message;
    throw error;
  }
}
