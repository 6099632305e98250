/** Seeing that training has failed: a loss or a weight that is NaN or infinite. */
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { TrainingBatch } from './data/training-data.ts';
import { trainFailed } from './failures.ts';
import type { TensorData, TensorSource } from './safetensors.ts';

/** Checks the loss terms of an iteration (counted from 1); names the images it used. `lastGood` is the last checkpoint's iteration. */
export function checkFinite(terms: Readonly<Record<string, number>>, iteration: number, batch: TrainingBatch, lastGood: number | undefined): Result<void> {
  const bad = Object.entries(terms).filter(([, value]) => !Number.isFinite(value));
  if (bad.length === 0) return ok(undefined);
  const named = bad.map(([name, value]) => `${name} is ${value}`).join(', ');
  return trainFailed('train-diverged', `at iteration ${iteration} ${named}, with ${batch.A.names.join(', ')} of A and ${batch.B.names.join(', ')} of B`, advice(lastGood));
}

/** A tensor that was to become part of a checkpoint holds NaN or an infinity. */
class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
}

/** Hands `tensors` to `write`, each checked as it is read; what `write` has begun when one is not finite it must undo. */
export async function writeFinite(
  tensors: readonly TensorSource[], iteration: number, lastGood: number | undefined, write: (checked: readonly TensorSource[]) => Promise<void>,
): Promise<Result<void>> {
  try {
    await write(tensors.map(checked));
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    return trainFailed('train-diverged', `after iteration ${iteration} the weights of ${error.message} are no longer finite`, advice(lastGood));
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
function allFinite(data: TensorData): boolean {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

function advice(lastGood: number | undefined) {
  const kept = lastGood === undefined ? 'no checkpoint was written before' : `the last good checkpoint is that of iteration ${lastGood}`;
  return { expected: 'finite losses and weights', hint: `${kept}; a lower stages.train.optimizer.learning_rate often helps` };
}
