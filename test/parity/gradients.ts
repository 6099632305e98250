/** The gradients of every step, read from Adam's first moments: a learning rate of 0 leaves all steps at the initial weights. */
import * as assert from 'uvu/assert';
import type { Tf } from '../../stages/engine/tf.ts';
import { largest, type Goldens } from './goldens.ts';
import type { ParityRecipe } from './recipes.ts';
import { ParityTraining, type ExecutionOf } from './training.ts';

/** What one or two steps left in m: with beta1 = 0 the last gradient, with ½ a quarter of the first and half of the last. */
interface Moments {
  readonly last: ReadonlyMap<string, Float32Array>;
  readonly both: ReadonlyMap<string, Float32Array>;
}

/** Issue 4's, whatever corners the generators' gradients cross. */
const ofDiscriminators = 1e-3;

export function compareGradients(tf: Tf, goldens: Goldens, recipe: ParityRecipe, bound: number, execution?: ExecutionOf): void {
  const after = (beta1: number) => momentsAfterStep(new ParityTraining(tf, goldens, recipe, { optimizer: { beta1 }, execution }));
  const moments = { last: after(0), both: after(0.5) };
  const separate = recipe.settings.discriminator_updates === 'separate';
  const names = goldens.names.filter((name) => name.startsWith('gradient/'));
  assert.is(names.length, expectedCount(moments.last, separate));
  for (const name of names) {
    const [, step, ...rest] = name.split('/');
    const variable = rest.join('/');
    if (recipe.withoutGradient.test(name)) {
      const golden = goldens.values(name);
      assert.ok(largest(golden.length, (i) => golden[i]!) < 1e-9, `${name} was believed to be 0`);
    } else goldens.holdsInNorm(`gradients of ${step}`, name, gradientOf(moments, step!, variable), step === 'generators' ? bound : Math.min(bound, ofDiscriminators));
  }
}

/** Discriminators that step twice have a gradient of each step. */
function expectedCount(moments: ReadonlyMap<string, Float32Array>, separate: boolean): number {
  return [...moments.keys()].reduce((count, name) => count + (separate && name.startsWith('discriminator') ? 2 : 1), 0);
}

function gradientOf({ last, both }: Moments, step: string, variable: string): Float32Array {
  const ofLast = last.get(variable)!;
  if (!step.endsWith('_real')) return ofLast;
  const ofBoth = both.get(variable)!;
  return ofBoth.map((value, index) => 4 * (value - 0.5 * ofLast[index]!));
}

function momentsAfterStep(training: ParityTraining): ReadonlyMap<string, Float32Array> {
  training.step(1, 0);
  const prefix = 'adam/m/';
  const names = [...training.trainer.state().keys()].filter((name) => name.startsWith(prefix));
  const moments = new Map(names.map((name) => [name.slice(prefix.length), training.read(name)]));
  training.dispose();
  return moments;
}
