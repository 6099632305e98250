/** Seeing that training has failed: a loss or a weight that is NaN or infinite. */
import { join } from 'node:path';
import type { Result } from '../../pipeline/failure.ts';
import { folderName } from './checkpoint/folder-name.ts';
import type { DomainBatch, TrainingBatch } from './data/training-data.ts';
import { trainFailed } from './failures.ts';
import type { TensorData, TensorSource } from './safetensors.ts';

/** Where something was seen that is not finite. */
export interface Divergence {
  /** The iteration (counted from 1) after which it was seen. */
  readonly iteration: number;
  /** The loss terms, or the weight. */
  readonly term: string;
  readonly message: string;
}

/** The newest checkpoint, and the folder of them all. */
export interface LastGood {
  readonly iteration: number | undefined;
  readonly folder: string;
}

/** The batch of an iteration, counted from 1. */
export type BatchOf = (iteration: number) => Promise<TrainingBatch>;

/**
 * Checks the loss terms of an iteration (counted from 1). They are what they were before its updates: where the images
 * themselves are finite, it was the step before that broke the weights, and its images are named too.
 */
export async function lossDivergence(terms: Readonly<Record<string, number>>, iteration: number, batchOf: BatchOf): Promise<Divergence | undefined> {
  const bad = Object.entries(terms).filter(([, value]) => !Number.isFinite(value));
  if (bad.length === 0) return undefined;
  const named = bad.length === Object.keys(terms).length ? 'no loss is finite' : bad.map(([name, value]) => `${name} is ${value}`).join(', ');
  const batch = await batchOf(iteration);
  const message = `at iteration ${iteration} ${named}, with ${imagesOf(batch)}; ${await lossCause(batch, iteration, batchOf)}`;
  return { iteration, term: bad.map(([name]) => name).join(', '), message };
}

async function lossCause({ A, B }: TrainingBatch, iteration: number, batchOf: BatchOf): Promise<string> {
  const spoilt = [...spoiltImages(A, 'A'), ...spoiltImages(B, 'B')];
  if (spoilt.length > 0) return `${spoilt.join(' and ')} ${spoilt.length === 1 ? 'holds' : 'hold'} values that are not finite`;
  if (iteration === 1) return 'these are finite, and no step was done before';
  return `these are finite: most likely the step before broke the weights, on ${imagesOf(await batchOf(iteration - 1))}`;
}

/** The weights called `name` are not finite after an iteration (counted from 1). */
export async function weightDivergence(name: string, iteration: number, batchOf: BatchOf): Promise<Divergence> {
  const images = imagesOf(await batchOf(iteration));
  return { iteration, term: name, message: `after iteration ${iteration} the weights of ${name} are no longer finite; its images were ${images}` };
}

const imagesOf = ({ A, B }: TrainingBatch): string => `${A.names.join(', ')} of A and ${B.names.join(', ')} of B`;

function spoiltImages({ names, values }: DomainBatch, domain: string): string[] {
  const each = values.length / names.length;
  return names.flatMap((name, index) => (allFinite(values.subarray(index * each, (index + 1) * each)) ? [] : [`${name} of ${domain}`]));
}

/** A tensor that was to become part of a checkpoint holds NaN or an infinity. */
class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
}

/** The name of the first that is not finite. */
export async function firstNotFinite(tensors: readonly TensorSource[]): Promise<string | undefined> {
  for (const { name, read } of tensors) if (!allFinite(await read())) return name;
  return undefined;
}

/** Hands `tensors` to `write`, each checked as it is read; what `write` has begun when one is not finite it must undo. The name of that one. */
export async function writeFinite(tensors: readonly TensorSource[], write: (checked: readonly TensorSource[]) => Promise<void>): Promise<string | undefined> {
  try {
    await write(tensors.map(checked));
    return undefined;
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    return error.message;
  }
}

const checked = (tensor: TensorSource): TensorSource => ({
  ...tensor,
  async read() {
    const data = await tensor.read();
    if (!allFinite(data)) throw new NotFiniteError(tensor.name);
    return data;
  },
});

/** A plain loop: it is run over every weight and moment, tens of millions of them, at each epoch's end and each checkpoint. */
function allFinite(data: TensorData): boolean {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

/** Names the folder of the last good checkpoint, and what often helps: a lower learning rate, clipping, and `more`. */
export function divergedFailure({ message }: Divergence, { iteration, folder }: LastGood, more: readonly string[] = []): Result<never> {
  const kept = iteration === undefined ? 'no checkpoint was written before' : `the last good checkpoint is that of iteration ${iteration}`;
  const remedies = ['a lower optimizer.learning_rate', 'optimizer.global_clipnorm: 1', ...more];
  return trainFailed('train-diverged', message, {
    ...(iteration !== undefined && { where: { file: join(folder, folderName(iteration)) } }),
    expected: 'finite losses and weights',
    hint: `${kept}; what often helps is ${remedies.slice(0, -1).join(', ')} or ${remedies.at(-1)}: each begins a new training, from its beginning`,
  });
}
