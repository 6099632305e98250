/** The checkpoints of one trajectory: a folder of `iteration-…` folders that every run of the trajectory shares. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isProcessAlive } from '../../process-alive.ts';
import type { TensorSource } from '../safetensors.ts';
import { CheckpointError, readCheckpoint, writeCheckpointFiles } from './checkpoint.ts';
import type { Checkpoint, TrainingPosition } from './checkpoint.ts';
import { makeFolderDurably, writerOf } from './durable.ts';
import { folderName, iterationOf } from './folder-name.ts';

export interface CheckpointStore {
  /** Writes the checkpoint of `position.iteration`, then removes older ones beyond `keepLast`. */
  write(position: TrainingPosition, tensors: readonly TensorSource[], metrics: readonly string[]): Promise<void>;
  /** The newest undamaged checkpoint of a training that ends at `iteration`; `damaged` hears of each that is skipped. */
  newest(iteration: number, damaged: (line: string) => void): Promise<Checkpoint | undefined>;
  /** Removes those between two iterations, both not among them, that are not regular: they lead to where training has just come back from. */
  removeIrregular(after: number, before: number): Promise<void>;
}

export interface CheckpointKeeping {
  /** How many are kept of those at or before the one just written: a longer run of the same trajectory keeps its own. */
  readonly keepLast: number;
  /** The newest of those for which it is true is kept in any case: a rollback goes back to it. */
  readonly isRegular: (iteration: number) => boolean;
}

export async function openCheckpoints(folder: string, { keepLast, isRegular }: CheckpointKeeping): Promise<CheckpointStore> {
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder);
  const remove = (iteration: number) => rm(join(folder, folderName(iteration)), { recursive: true, force: true });
  return {
    async write(position, tensors, metrics) {
      await makeFolderDurably(join(folder, folderName(position.iteration)), (unfinished) => writeCheckpointFiles(unfinished, position, tensors, metrics));
      const upToHere = (await iterations(folder)).filter((iteration) => iteration <= position.iteration);
      const lastRegular = upToHere.find(isRegular);
      for (const iteration of upToHere.slice(keepLast)) if (iteration !== lastRegular) await remove(iteration);
    },
    newest: (iteration, damaged) => newestUndamaged(folder, iteration, damaged),
    async removeIrregular(after, before) {
      for (const iteration of await iterations(folder)) if (iteration > after && iteration < before && !isRegular(iteration)) await remove(iteration);
    },
  };
}

async function newestUndamaged(folder: string, end: number, damaged: (line: string) => void): Promise<Checkpoint | undefined> {
  for (const iteration of await iterations(folder)) {
    if (iteration > end) continue;
    try {
      const checkpoint = await readCheckpoint(join(folder, folderName(iteration)));
      // A training that ends before what was rolled back never sees it, and never goes back.
      if ((checkpoint.position.rollbacks ?? []).every((rollback) => rollback.iteration <= end)) return checkpoint;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      damaged(`the checkpoint of iteration ${iteration} is skipped: ${error.message}`);
    }
  }
  return undefined;
}

/** Newest first. */
async function iterations(folder: string): Promise<number[]> {
  const found = (await readdir(folder)).flatMap((name) => iterationOf(name) ?? []);
  return found.sort((a, b) => b - a);
}

/** What a process that no longer lives left half-written: checkpoints, and the files beside them (kept-files.ts). */
async function removeLeftovers(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const writer = writerOf(entry.name);
    if (writer !== undefined) {
      if (writer !== process.pid && !isProcessAlive(writer)) await rm(path, { recursive: true, force: true });
    } else if (entry.isDirectory() && iterationOf(entry.name) === undefined) await removeLeftovers(path);
  }
}
