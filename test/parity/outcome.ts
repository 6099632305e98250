/** What ten iterations gave, and how far that is from Keras in float64. */
import type { Tf } from '../../stages/engine/tf.ts';
import { norm, type Goldens } from './goldens.ts';
import type { ParityRecipe } from './recipes.ts';
import { ParityTraining, type ExecutionOf } from './training.ts';

type Losses = Readonly<Record<string, number>>;

export interface Outcome {
  /** Of each iteration. */
  readonly losses: readonly Losses[];
  /** Weights, statistics, m, v and counters after the last. */
  readonly state: ReadonlyMap<string, Float32Array>;
}

/** Relative errors, each the largest of its kind: of all terms of an iteration, or of all tensors (in norm). */
export interface Distance {
  readonly losses: readonly number[];
  readonly weights: number;
  readonly m: number;
  readonly v: number;
}

export const iterations = 10;

export function train(tf: Tf, goldens: Goldens, recipe: ParityRecipe, execution?: ExecutionOf): Outcome {
  const training = new ParityTraining(tf, goldens, recipe, { execution });
  const losses = Array.from({ length: iterations }, (_, index) => training.step(index + 1));
  const state = new Map([...training.trainer.state().keys()].map((name) => [name, training.read(name).slice()]));
  training.dispose();
  return { losses, state };
}

export function distance({ losses, state }: Outcome, goldens: Goldens, { seed = 1, withoutGradient }: ParityRecipe): Distance {
  const largestError = (values: ReadonlyMap<string, ArrayLike<number>>): number =>
    Math.max(...[...values].map(([name, tensor]) => relativeError(tensor, goldens.values(`seed-${seed}/${name}`))));
  const kept = [...state].filter(([name]) => !withoutGradient.test(name));
  const ofKind = (matches: (name: string) => boolean) =>
    largestError(new Map(kept.filter(([name]) => matches(name)).map(([name, values]) => [`${iterations}/${name}`, sampled(values)])));
  return {
    losses: losses.map((terms, index) => largestError(new Map(Object.entries(terms).map(([name, value]) => [`loss/${index + 1}/${name}`, [value]])))),
    weights: ofKind((name) => !name.startsWith('adam/')),
    m: ofKind((name) => name.startsWith('adam/m/')),
    v: ofKind((name) => name.startsWith('adam/v/')),
  };
}

/** As reference/training.py samples: at most 32 values, an odd stride. */
function sampled(values: Float32Array): Float32Array {
  const stride = Math.ceil(values.length / 32) | 1;
  return values.filter((_, index) => index % stride === 0);
}

function relativeError(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) throw new Error(`${values.length} values where ${expected.length} are expected`);
  return norm(values.length, (i) => values[i]! - expected[i]!) / Math.max(norm(expected.length, (i) => expected[i]!), 1e-30);
}
