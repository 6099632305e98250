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

/** Checks the loss terms of an iteration (counted from 1); names the images that it used, and those of them that are not finite themselves. */
export function lossDivergence(terms: Readonly<Record<string, number>>, iteration: number, batch: TrainingBatch): Divergence | undefined {
  const bad = Object.entries(terms).filter(([, value]) => !Number.isFinite(value));
  if (bad.length === 0) return undefined;
  const named = bad.length === Object.keys(terms).length ? 'no loss is finite' : bad.map(([name, value]) => `${name} is ${value}`).join(', ');
  const images = `${batch.A.names.join(', ')} of A and ${batch.B.names.join(', ')} of B`;
  const spoilt = [...spoiltImages(batch.A, 'A'), ...spoiltImages(batch.B, 'B')];
  const culprits = spoilt.length === 0 ? '' : `; ${spoilt.join(' and ')} ${spoilt.length === 1 ? 'holds' : 'hold'} values that are not finite`;
  return { iteration, term: bad.map(([name]) => name).join(', '), message: `at iteration ${iteration} ${named}, with ${images}${culprits}` };
}

export const weightDivergence = (name: string, iteration: number): Divergence =>
  ({ iteration, term: name, message: `after iteration ${iteration} the weights of ${name} are no longer finite` });

function spoiltImages({ names, values }: DomainBatch, domain: string): string[] {
  const each = values.length / names.length;
  return names.flatMap((name, index) => (allFinite(values.subarray(index * each, (index + 1) * each)) ? [] : [`${name} of ${domain}`]));
}

/** A tensor that was to become part of a checkpoint holds NaN or an infinity. */
class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
}

/** Hands `tensors` to `write`, each checked as it is read; what `write` has begun when one is not finite it must undo. */
export async function writeFinite(
  tensors: readonly TensorSource[], iteration: number, write: (checked: readonly TensorSource[]) => Promise<void>,
): Promise<Divergence | undefined> {
  try {
    await write(tensors.map(checked));
    return undefined;
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    return weightDivergence(error.message, iteration);
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

/** A plain loop: it is run over every weight and moment, tens of millions of them, at each checkpoint. */
export function allFinite(data: TensorData): boolean {
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
    hint: `${kept}; what often helps is ${remedies.slice(0, -1).join(', ')} or ${remedies.at(-1)}`,
  });
}
