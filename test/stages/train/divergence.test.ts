import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainingBatch } from '../../../stages/train/data/training-data.ts';
import { divergedFailure, firstNotFinite, lossDivergence, weightDivergence } from '../../../stages/train/divergence.ts';
import type { TensorSource } from '../../../stages/train/safetensors.ts';
import { failureOf } from './tiny-training.ts';

/** Two images of each domain; those of `spoilt` hold an infinity. */
const batch = (iteration: number, spoilt: readonly string[] = []): TrainingBatch => {
  const domain = (letter: 'a' | 'b') => {
    const names = [`${letter}${iteration}.png`, `${letter}${iteration + 100}.png`];
    return { names, values: Float32Array.from(names.flatMap((name) => [0.5, spoilt.includes(name) ? Infinity : -1])) };
  };
  return { A: domain('a'), B: domain('b') };
};
const never = () => Promise.reject(new Error('no images are to be read'));
const batches = (spoilt: readonly string[] = []) => async (iteration: number) => batch(iteration, spoilt);

test('losses that are finite are no divergence, and no images are read', async () => {
  assert.is(await lossDivergence({ cycle_A: 1, cycle_B: 0 }, 3, never), undefined);
});

test('images that are not finite themselves are to blame, those and no others', async () => {
  const divergence = await lossDivergence({ cycle_A: NaN, cycle_B: 0.5 }, 3, batches(['a103.png', 'b3.png', 'a2.png']));
  assert.is(divergence?.term, 'cycle_A');
  assert.is(divergence?.message, 'at iteration 3 cycle_A is NaN, with a3.png, a103.png of A and b3.png, b103.png of B; a103.png of A and b3.png of B hold values that are not finite');
});

test('else the step before is, and its images are named; before the first there was none', async () => {
  const divergence = await lossDivergence({ cycle_A: NaN, cycle_B: Infinity }, 3, batches());
  assert.is(divergence?.message, 'at iteration 3 no loss is finite, with a3.png, a103.png of A and b3.png, b103.png of B; these are finite: most likely the step before broke the weights, on a2.png, a102.png of A and b2.png, b102.png of B');
  const first = await lossDivergence({ cycle_A: NaN, cycle_B: 1 }, 1, (iteration) => (iteration === 1 ? batches()(1) : never()));
  assert.match(first!.message, /of B; these are finite, and no step was done before$/);
});

test('weights that are not finite were made so with the last images', async () => {
  const divergence = await weightDivergence('adam/v/x', 4, batches());
  assert.equal(divergence, { iteration: 4, term: 'adam/v/x', message: 'after iteration 4 the weights of adam/v/x are no longer finite; its images were a4.png, a104.png of A and b4.png, b104.png of B' });
});

test('the first tensor that is not finite is named', async () => {
  const tensor = (name: string, value: number): TensorSource => ({ name, dtype: 'F32', shape: [2], read: async () => Float32Array.of(1, value) });
  assert.is(await firstNotFinite([tensor('a', 3.4e38), tensor('b', -Infinity), tensor('c', NaN)]), 'b');
  assert.is(await firstNotFinite([tensor('a', 0)]), undefined);
});

test('the failure says what often helps, and that it is another training', () => {
  const failure = failureOf(divergedFailure({ iteration: 4, term: 'x', message: 'm' }, { iteration: 2, folder: 'c' }, ['on_nan: rollback']));
  assert.match(failure.hint!, /iteration 2; what often helps is .* or on_nan: rollback: each begins a new training, from its beginning$/);
});

test.run();
