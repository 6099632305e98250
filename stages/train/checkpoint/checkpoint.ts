/**
 * A checkpoint is one folder, `iteration-00001234`: `state.safetensors` (weights, statistics, moments, counters, image
 * pools), `metrics.jsonl` (every epoch so far) and `checkpoint.json` (the position, and the digests of all three). It is
 * written under another name, fsynced and renamed, so that it exists wholly or not at all.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SafetensorsError, readSafetensors, writeSafetensors } from '../safetensors.ts';
import type { StoredTensor, TensorSource } from '../safetensors.ts';
import type { Rollback } from '../rollback.ts';
import { writeDurably } from './durable.ts';

/** Where training stands, and what it needs besides tensors to go on. All random streams follow from `iteration`. */
export interface TrainingPosition {
  /** Iterations done since the beginning. */
  readonly iteration: number;
  /** Whole epochs done. */
  readonly epoch: number;
  /** Sums of each loss over the iterations of the epoch under way. */
  readonly lossSums: Readonly<Record<string, number>>;
  /** When each epoch ended, seconds since 1970: for TensorBoard's time axis alone. */
  readonly epochEnds: readonly number[];
  /** sha256 of each sample image drawn so far, by split and file name. */
  readonly samples: Readonly<Record<string, string>>;
  /** sha256 of each file of the networks that keep_every kept so far, by `epoch-0050/<network>/<file>`. */
  readonly models?: Readonly<Record<string, string>>;
  /** Kinds of warnings that the pictures drawn last gave reason for (health-watch.ts). */
  readonly seenInPictures?: readonly string[];
  /** What went wrong before and was undone (on_nan: rollback); each halved the learning rate. */
  readonly rollbacks?: readonly Rollback[];
}

export interface Checkpoint {
  readonly position: TrainingPosition;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Lines of metrics.jsonl. */
  readonly metrics: readonly string[];
}

/** The folder is not a whole, undamaged checkpoint of this format. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const format = 1;
const files = { state: 'state.safetensors', metrics: 'metrics.jsonl', checkpoint: 'checkpoint.json' } as const;

interface CheckpointFile {
  readonly format: number;
  readonly position: TrainingPosition;
  readonly state: { readonly bytes: number; readonly sha256: string };
  readonly metrics: { readonly lines: number; readonly sha256: string };
}

/** Writes the files of a checkpoint into an empty folder, each fsynced. */
export async function writeCheckpointFiles(
  folder: string,
  position: TrainingPosition,
  tensors: readonly TensorSource[],
  metrics: readonly string[],
): Promise<void> {
  const state = await writeSafetensors(join(folder, files.state), tensors);
  const lines = metrics.map((line) => `${line}\n`).join('');
  await writeDurably(join(folder, files.metrics), lines);
  const content: CheckpointFile = { format, position, state, metrics: { lines: metrics.length, sha256: sha256(lines) } };
  await writeDurably(join(folder, files.checkpoint), `${JSON.stringify({ sha256: sha256(JSON.stringify(content)), ...content }, null, 2)}\n`);
}

/** Reads a checkpoint and checks every digest; throws {@link CheckpointError} with the reason where it is damaged. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  try {
    const content = await readCheckpointFile(join(folder, files.checkpoint));
    const lines = await readFile(join(folder, files.metrics), 'utf8');
    if (sha256(lines) !== content.metrics.sha256) throw new CheckpointError(`${files.metrics} is damaged`);
    const state = await readSafetensors(join(folder, files.state));
    if (state.sha256 !== content.state.sha256) throw new CheckpointError(`${files.state} is damaged`);
    return { position: content.position, tensors: state.tensors, metrics: lines.split('\n').slice(0, -1) };
  } catch (error) {
    throw asCheckpointError(error);
  }
}

async function readCheckpointFile(file: string): Promise<CheckpointFile> {
  const { sha256: expected, ...content } = JSON.parse(await readFile(file, 'utf8')) as CheckpointFile & { readonly sha256?: string };
  if (sha256(JSON.stringify(content)) !== expected) throw new CheckpointError(`${files.checkpoint} is damaged`);
  if (content.format !== format) throw new CheckpointError(`its format is ${content.format}; this giverny reads ${format}`);
  return content;
}

/** Damage shows as a wrong digest, as broken JSON or safetensors, or as a file that is not there; all else is passed on. */
function asCheckpointError(error: unknown): unknown {
  if (error instanceof SyntaxError) return new CheckpointError(`${files.checkpoint} is damaged`);
  if (error instanceof SafetensorsError) return new CheckpointError(`${files.state}: ${error.message}`);
  if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EIO'].includes(String(error.code))) {
    return new CheckpointError(error.code === 'EIO' ? 'it cannot be read' : 'a file of it is missing');
  }
  return error;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
