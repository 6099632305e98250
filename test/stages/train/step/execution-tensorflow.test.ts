// Training captured against training eagerly, bit for bit. Operations run in parallel, each on one thread.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tf, Variable } from '../../../../stages/engine/tf.ts';
import { capturedExecution, eagerExecution } from '../../../../stages/train/step/execution.ts';
import type { Trainer } from '../../../../stages/train/step/trainer.ts';
import { testEngine } from '../../../helpers/test-engine.ts';
import { chapter, paper, withLoss, withSettings, type Recipe } from './bench.ts';
import { differing, Training } from './execution-rig.ts';

process.env['TF_NUM_INTEROP_THREADS'] = '3';
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
const tf = await testEngine('tensorflow');
const scratch = mkdtempSync(join(tmpdir(), 'execution-'));
const test = suite('captured training');
if (tf) executionTests(tf);
test.after(() => rmSync(scratch, { recursive: true }));
test.run();

function executionTests(tf: Tf): void {
  const refused: string[] = [];
  const captured = (trainer: Trainer) => capturedExecution(tf, trainer, { scratch, refused: (reason) => refused.push(reason) });
  const both = (recipe: Recipe, size: number) => [new Training(tf, recipe, size, eagerExecution), new Training(tf, recipe, size, captured)] as const;
  const range = (length: number, from = 0) => Array.from({ length }, (_, index) => from + index);
  const equalSteps = (recipe: Recipe, size: number, steps: number) => {
    const [eager, graph] = both(recipe, size);
    for (const iteration of range(steps)) assert.equal(graph.step(iteration), eager.step(iteration), `step ${iteration}`);
    assert.equal(differing(graph.bits(), eager.bits()), []);
    eager.dispose();
    graph.dispose();
    assert.equal(refused, []);
  };

  const wider = ({ model, settings }: Recipe): Recipe => ({ settings, model: { ...model, generator: { ...model.generator, filters: 8 }, discriminator: { ...model.discriminator, filters: 8, strides: [2, 2, 2, 1] } } });
  for (const [name, recipe] of Object.entries({ chapter, paper })) {
    test(`${name}: ten steps at 32 pixels, losses, images and state`, () => equalSteps(wider(recipe), 32, 10));
  }

  const adam = paper.settings.optimizer;
  const others: Readonly<Record<string, Recipe>> = {
    'wgan-gp, second derivatives': withLoss({ ...paper, model: { ...paper.model, discriminator: { ...paper.model.discriminator, norm: 'channel' } } }, { gan: 'wgan-gp' }),
    'vanilla, gradients clipped by their norm, averages': withSettings(withLoss(paper, { gan: 'vanilla' }), { optimizer: { ...adam, global_clipnorm: 0.1 }, ema_decay: 0.9 }),
    'hinge, gradients clipped by value, the other order': withSettings(withLoss(paper, { gan: 'hinge' }), { optimizer: { ...adam, clipvalue: 0.01 }, update_order: 'discriminators_first' }),
  };
  for (const [name, recipe] of Object.entries(others)) test(`${name}: three steps`, () => equalSteps(recipe, 16, 3));

  test('resume through capture: 3 steps, a new session, 3 steps are 6 steps', () => {
    const recipe = withSettings(paper, { ema_decay: 0.99 });
    const [whole, first, second] = range(3).map(() => new Training(tf, recipe, 16, captured)) as [Training, Training, Training];
    const losses = range(6).map((iteration) => whole.step(iteration));
    const parts = range(3).map((iteration) => first.step(iteration));
    second.restore(first.bits());
    parts.push(...range(3, 3).map((iteration) => second.step(iteration)));
    assert.equal(parts, losses);
    assert.equal(differing(second.bits(), whole.bits()), []);
    for (const training of [whole, first, second]) training.dispose();
  });

  test('reading between steps changes nothing, and what is written is taken', () => {
    const [eager, graph] = both(paper, 16);
    const start = graph.bits();
    for (const iteration of range(3)) {
      assert.equal(graph.step(iteration), eager.step(iteration));
      assert.equal(differing(graph.bits(), eager.bits()), []);
      assert.equal(differing(graph.bits(), eager.bits()), []);
    }
    for (const training of [graph, eager]) training.restore(start);
    assert.equal(graph.step(9), eager.step(9));
    assert.equal(differing(graph.bits(), eager.bits()), []);
    eager.dispose();
    graph.dispose();
  });

  test('batches of other sizes are captured too, and all go on from one state', () => {
    const [eager, graph] = both(paper, 16);
    for (const [iteration, count] of [2, 2, 1, 2, 1].entries()) assert.equal(graph.step(iteration, count), eager.step(iteration, count), `step ${iteration}`);
    assert.equal(differing(graph.bits(), eager.bits()), []);
    eager.dispose();
    graph.dispose();
  });

  test('what cannot be captured runs eagerly, and is said once', () => {
    const reasons: string[] = [];
    const reading = (trainer: Trainer) => capturedExecution(tf, {
      ...trainer, step: (batch, rate) => {
        batch.realA.dataSync();
        return trainer.step(batch, rate);
      },
    }, { scratch, refused: (reason) => reasons.push(reason) });
    const [eager, graph] = [new Training(tf, paper, 16, eagerExecution), new Training(tf, paper, 16, reading)];
    for (const iteration of range(2)) assert.equal(graph.step(iteration), eager.step(iteration));
    assert.equal(differing(graph.bits(), eager.bits()), []);
    assert.is(reasons.length, 1);
    assert.match(reasons[0]!, /reads the values/);
    eager.dispose();
    graph.dispose();
  });

  test('no tensor is left of a captured training, and no file', () => {
    const before = [tf.memory().numTensors, Object.keys(tf.engine().registeredVariables as Readonly<Record<string, Variable>>).length];
    const graph = new Training(tf, paper, 16, captured);
    graph.step(0);
    const between = tf.memory().numTensors;
    for (const iteration of range(20, 1)) graph.step(iteration);
    assert.is(tf.memory().numTensors, between);
    graph.dispose();
    assert.equal([tf.memory().numTensors, Object.keys(tf.engine().registeredVariables as Readonly<Record<string, Variable>>).length], before);
    assert.equal(readdirSync(scratch), []);
  });
}
