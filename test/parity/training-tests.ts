/** Holds a recipe's networks and training step to Keras's in float64 (reference/training.py) on one engine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tf } from '../../stages/engine/tf.ts';
import { capturedExecution } from '../../stages/train/step/execution.ts';
import { testEngine } from '../helpers/test-engine.ts';
import { Goldens } from './goldens.ts';
import { compareGradients } from './gradients.ts';
import type { ParityRecipe } from './recipes.ts';
import { compareThreeUpdates } from './statistics.ts';
import { ParityTraining, type Bounds, type ExecutionOf } from './training.ts';

type Test = ReturnType<typeof suite>;

/** After one iteration and after ten. */
export interface AllBounds {
  readonly one: Bounds;
  readonly ten: Bounds;
}

/** The small recipes: goldens are committed. */
export async function trainingParity(backend: 'tensorflow' | 'wasm', name: string, recipe: ParityRecipe, bounds: AllBounds): Promise<void> {
  const test = suite(`${name} in Keras and on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) trainingTests(test, tf, await Goldens.open(name), recipe, bounds);
  test.run();
}

/** Of networks and steps at their initial weights. */
export function gradientTests(test: Test, tf: Tf, goldens: Goldens, recipe: ParityRecipe, bounds: Bounds, execution?: ExecutionOf): void {
  test('generators and discriminators: outputs with moving statistics (predict) and in training mode', () => {
    const training = new ParityTraining(tf, goldens, recipe);
    training.compareOutputs(bounds.outputs);
    assert.ok(goldens.figures().length > 0);
    training.dispose();
  });

  test('the gradient of every step by every weight', () => compareGradients(tf, goldens, recipe, bounds.gradients, execution));
}

export function trainingTests(test: Test, tf: Tf, goldens: Goldens, recipe: ParityRecipe, { one, ten }: AllBounds, execution?: ExecutionOf): void {
  gradientTests(test, tf, goldens, recipe, one, execution);

  test('ten iterations: losses, weights, statistics, m, v, counters after the first and the last', () => {
    const training = new ParityTraining(tf, goldens, recipe, { execution });
    training.compareLosses(1, training.step(1), one.losses);
    training.compareState(1, one);
    if (goldens.names.some((name) => name.startsWith('statistics/'))) compareThreeUpdates(goldens, training);
    for (let iteration = 2; iteration <= 10; iteration++) training.compareLosses(iteration, training.step(iteration), ten.losses);
    training.compareState(10, ten);
    compareCounters(training, recipe);
    training.dispose();
  });

  test('all goldens were compared', () => allCompared(goldens, 20));
}

/** So many kinds of them. */
export function allCompared(goldens: Goldens, kinds: number): void {
  if (process.env['GIVERNY_PARITY_FIGURES'] !== undefined) console.log(`\n${goldens.figures().join('\n')}`);
  assert.ok(goldens.figures().length >= kinds, goldens.figures().join());
}

/** The same with steps that are captured as graphs, on TensorFlow. */
export async function capturedParity(name: string, recipe: ParityRecipe, bounds: AllBounds): Promise<void> {
  const test = suite(`${name} in Keras and captured on TensorFlow`);
  const tf = await testEngine('tensorflow');
  if (tf !== undefined) {
    const scratch = await mkdtemp(join(tmpdir(), 'giverny-parity-'));
    const refused: string[] = [];
    const captured: ExecutionOf = (trainer) => capturedExecution(tf, trainer, { scratch, refused: (reason) => refused.push(reason) });
    trainingTests(test, tf, await Goldens.open(name), recipe, bounds, captured);
    test('every step was captured', () => assert.equal(refused, []));
    test.after(() => rm(scratch, { recursive: true, force: true }));
  }
  test.run();
}

/** Five steps an iteration with the shared counter (four of the discriminators, one of the generators); else one a group. */
function compareCounters(training: ParityTraining, recipe: ParityRecipe): void {
  const counters = [...training.trainer.state().keys()].filter((name) => name.startsWith('adam/counter')).map((name) => [name, training.read(name)[0]]);
  const each = ['generators', 'discriminatorA', 'discriminatorB'].map((group) => [`adam/counter/${group}`, 10]);
  assert.equal(counters, recipe.settings.optimizer.shared_counter ? [['adam/counter', 50]] : each);
}
