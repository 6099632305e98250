/** Batch normalization's moving statistics through the generator step: three updates, in the order of the calls. */
import * as assert from 'uvu/assert';
import { deterministicWeight } from './deterministic.ts';
import { norm, type Goldens } from './goldens.ts';
import type { ParityTraining } from './training.ts';

const bound = 1e-5;
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const;

/**
 * After one iteration the statistics of AToB are those of its calls on A, on generated A, and on B, in this order: each
 * of the five other orders is at least 20 times the bound away.
 */
export function compareThreeUpdates(goldens: Goldens, afterOneStep: ParityTraining): void {
  const names = new Set(goldens.names.filter((name) => name.startsWith('statistics/')).map((name) => name.split('/').slice(1, -1).join('/')));
  assert.ok(names.size > 0);
  for (const name of names) {
    const values = afterOneStep.read(name);
    const [right, ...others] = orders.map((order) => distance(values, moved(goldens, name, values.length, order)));
    assert.ok(right! <= bound, `${name}: ${right}`);
    for (const other of others) assert.ok(other > 20 * bound, `${name}: in another order ${other}`);
  }
}

/** moving ← 0.9·moving + 0.1·batch, for each call. */
function moved(goldens: Goldens, name: string, length: number, order: readonly number[]): Float64Array {
  const moving = Float64Array.from(deterministicWeight(name, [length]));
  for (const call of order) {
    const batch = goldens.values(`statistics/${name}/${call}`);
    moving.forEach((value, index) => (moving[index] = 0.9 * value + 0.1 * batch[index]!));
  }
  return moving;
}

function distance(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  return norm(values.length, (i) => values[i]! - expected[i]!) / norm(expected.length, (i) => expected[i]!);
}
