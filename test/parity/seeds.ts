/** Ten iterations from three seeds: how far eager and captured steps are from Keras in float64. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Precision } from '../../stages/engine/capture/index.ts';
import type { Tf } from '../../stages/engine/tf.ts';
import { capturedExecution } from '../../stages/train/step/execution.ts';
import type { Goldens } from './goldens.ts';
import { distance, train, type Distance } from './outcome.ts';
import type { ParityRecipe } from './recipes.ts';
import type { ExecutionOf } from './training.ts';

type Test = ReturnType<typeof suite>;

/** Allowed of every seed, as relative errors. What has no bound must be finite. */
export interface SeedBounds {
  /** Of each iteration, from the first on. */
  readonly losses: readonly number[];
  /** After ten iterations. */
  readonly weights?: number;
  /** Of m and v, after ten iterations. */
  readonly moments?: number;
}

export interface SeedRun {
  readonly name: string;
  readonly seeds: readonly number[];
  readonly recipe: ParityRecipe;
  readonly goldens: Goldens;
  readonly bounds: SeedBounds;
}

export function eagerSeeds(test: Test, tf: Tf, { name, seeds, recipe: anySeed, goldens, bounds }: SeedRun): void {
  for (const seed of seeds) {
    const recipe = { ...anySeed, seed };
    test(`${name}, seed ${seed}: ten iterations`, () => holds(`${name}, seed ${seed}, eager`, distance(train(tf, goldens, recipe), goldens, recipe), bounds));
  }
}

/** On TensorFlow. Captured steps are held to the same bounds, to twice the error of eager ones, and to their very bits. */
export function capturedSeeds(test: Test, tf: Tf, { name, seeds, recipe: anySeed, goldens, bounds }: SeedRun): void {
  const scratch = mkdtempSync(join(tmpdir(), 'giverny-parity-'));
  test.after(() => rmSync(scratch, { recursive: true, force: true }));
  for (const seed of seeds) {
    const recipe = { ...anySeed, seed };
    test(`${name}, seed ${seed}: ten iterations, eager and captured`, () => {
      const [eager, captured] = [undefined, capturedIn(tf, scratch)].map((execution) => train(tf, goldens, recipe, execution)) as [ReturnType<typeof train>, ReturnType<typeof train>];
      const [ofEager, ofCaptured] = [distance(eager, goldens, recipe), distance(captured, goldens, recipe)];
      holds(`${name}, seed ${seed}, eager`, ofEager, bounds);
      holds(`${name}, seed ${seed}, captured`, ofCaptured, bounds);
      atMostTwice(ofCaptured, ofEager);
      assert.equal(captured.losses, eager.losses);
      for (const [variable, values] of eager.state) assert.ok(Buffer.from(values.buffer).equals(Buffer.from(captured.state.get(variable)!.buffer)), `${variable}: captured and eager steps leave other bits`);
    });
  }
}

/** Captured. bfloat16 has 8 bits, so it has bounds of its own; float32's hold for nothing of it. */
export function bfloat16Seeds(test: Test, tf: Tf, { name, seeds, recipe: anySeed, goldens, bounds }: SeedRun): void {
  const scratch = mkdtempSync(join(tmpdir(), 'giverny-parity-'));
  test.after(() => rmSync(scratch, { recursive: true, force: true }));
  for (const seed of seeds) {
    const recipe = { ...anySeed, seed };
    test(`${name}, seed ${seed}: ten iterations in bfloat16`, () => {
      const outcome = train(tf, goldens, recipe, capturedIn(tf, scratch, 'bfloat16'));
      holds(`${name}, seed ${seed}, bfloat16`, distance(outcome, goldens, recipe), bounds);
    });
  }
}

const capturedIn = (tf: Tf, scratch: string, precision: Precision = 'float32'): ExecutionOf => (trainer) => capturedExecution(tf, trainer, {
  scratch, precision, refused: (reason) => {
    throw new Error(reason);
  },
});

function holds(what: string, found: Distance, bounds: SeedBounds): void {
  const { losses, weights, m, v } = found;
  const figures = `${what}: losses ${losses.map(short).join(' ')}; weights ${short(weights)}, m ${short(m)}, v ${short(v)}`;
  if (process.env['GIVERNY_PARITY_FIGURES'] !== undefined) console.log(`\n  ${figures}`);
  assert.ok([...losses, weights, m, v].every(Number.isFinite), `not finite: ${figures}`);
  bounds.losses.forEach((bound, index) => assert.ok(losses[index]! <= bound, `more than ${bound} in the losses of iteration ${index + 1}: ${figures}`));
  if (bounds.weights !== undefined) assert.ok(weights <= bounds.weights, `more than ${bounds.weights} in the weights: ${figures}`);
  if (bounds.moments !== undefined) assert.ok(Math.max(m, v) <= bounds.moments, `more than ${bounds.moments} in m or v: ${figures}`);
}

function atMostTwice(captured: Distance, eager: Distance): void {
  const all = ({ losses, weights, m, v }: Distance) => [...losses, weights, m, v];
  all(captured).forEach((error, index) => assert.ok(error <= 2 * all(eager)[index]!, `${error} captured, ${all(eager)[index]} eager`));
}

const short = (error: number): string => error.toExponential(1);
