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
  /** The newest undamaged checkpoint at or before `iteration`; `damaged` hears of each that is skipped. */
  newest(iteration: number, damaged: (line: string) => void): Promise<Checkpoint | undefined>;
}

/** `keepLast` counts those at or before the one just written: a longer run of the same trajectory keeps its own. */
export async function openCheckpoints(folder: string, keepLast: number): Promise<CheckpointStore> {
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder);
  return {
    async write(position, tensors, metrics) {
      await makeFolderDurably(join(folder, folderName(position.iteration)), (unfinished) => writeCheckpointFiles(unfinished, position, tensors, metrics));
      const upToHere = (await iterations(folder)).filter((iteration) => iteration <= position.iteration);
      for (const iteration of upToHere.slice(keepLast)) await rm(join(folder, folderName(iteration)), { recursive: true, force: true });
    },
    newest: (iteration, damaged) => newestUndamaged(folder, iteration, damaged),
  };
}

async function newestUndamaged(folder: string, upTo: number, damaged: (line: string) => void): Promise<Checkpoint | undefined> {
  for (const iteration of await iterations(folder)) {
    if (iteration > upTo) continue;
    try {
      return await readCheckpoint(join(folder, folderName(iteration)));
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

/** What a process that no longer lives left half-written. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const writer = writerOf(name);
    if (writer !== undefined && writer !== process.pid && !isProcessAlive(writer)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
