/** Tests of the training step on one engine. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tf, Variable } from '../../../../stages/engine/tf.ts';
import { plainOperations } from '../../../../stages/model/operations/index.ts';
import { sumLosses } from '../../../../stages/train/step/losses.ts';
import { testEngine } from '../../../helpers/test-engine.ts';
import { Bench, changed, chapter, paper, withLoss, type Recipe } from './bench.ts';

export async function trainerTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`training step on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    for (const [name, recipe] of Object.entries({ chapter, paper })) {
      sharedTests(test, tf, name, recipe);
    }
    optionTests(test, tf);
  }
  test.run();
}

type Test = ReturnType<typeof suite>;

function sharedTests(test: Test, tf: Tf, name: string, recipe: Recipe): void {
  test(`${name}: no tensor is left over 20 steps`, () => {
    const bench = new Bench(tf, recipe);
    bench.step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) bench.step();
    assert.is(tf.memory().numTensors, before);
    bench.dispose();
  });

  test(`${name}: the same seed gives the same bits`, () => {
    const runs = [1, 2].map(() => {
      const bench = new Bench(tf, recipe);
      const losses = [bench.step(), bench.step()];
      const state = bench.snapshot();
      bench.dispose();
      return { losses, state };
    });
    assert.equal(runs[0], runs[1]);
  });

  test(`${name}: state() is all that decides what comes next`, () => {
    const [first, second] = [new Bench(tf, recipe), new Bench(tf, recipe, { seed: 9 })];
    first.step();
    first.step();
    assert.equal([...first.trainer.state().keys()], [...second.trainer.state().keys()]);
    for (const [key, variable] of second.trainer.state()) variable.assign(first.trainer.state().get(key)!.clone() as Variable);
    assert.equal(first.step(), second.step());
    assert.equal(first.snapshot(), second.snapshot());
    first.dispose();
    second.dispose();
  });

  test(`${name}: the plain operations give the same steps`, () => {
    const [own, plain] = [new Bench(tf, recipe), new Bench(tf, recipe, { operations: plainOperations(tf) })];
    for (let i = 0; i < 2; i++) {
      const [a, b] = [own.step(), plain.step()];
      for (const term of own.trainer.lossNames) assert.ok(Math.abs(a[term]! - b[term]!) <= 1e-4 * Math.max(1, Math.abs(b[term]!)), `${term}: ${a[term]} and ${b[term]}`);
    }
    own.dispose();
    plain.dispose();
  });

  test(`${name}: a learning rate of 0 moves statistics, moments and counters, but no weight`, () => {
    const bench = new Bench(tf, recipe);
    const before = bench.snapshot();
    bench.step({ learningRate: 0 });
    for (const key of changed(before, bench.snapshot())) assert.match(key, /moving_|^adam\//);
    assert.ok(changed(before, bench.snapshot()).size > 0);
    bench.dispose();
  });

  test(`${name}: batches of several images, all losses finite`, () => {
    const bench = new Bench(tf, recipe, { batch: 3 });
    const losses = [bench.step(), bench.step()];
    for (const values of losses) for (const term of bench.trainer.lossNames) assert.ok(Number.isFinite(values[term]), term);
    bench.dispose();
  });
}

function optionTests(test: Test, tf: Tf): void {
  test('identity terms of weight 0 are neither computed nor reported, and the sum is whole without them', () => {
    const weights = { ...chapter.settings.loss.weights, identity: [0, 0] } as const;
    const bench = new Bench(tf, withLoss(chapter, { weights }));
    const losses = bench.step();
    assert.equal(Object.keys(losses).sort(), [...bench.trainer.lossNames].sort());
    assert.is(bench.trainer.lossNames.length, 8);
    assert.ok(Number.isFinite(sumLosses(losses, weights).generator_loss));
    bench.dispose();
  });

  test('an adversarial weight belongs to its direction: without any, that generator ignores the discriminators', () => {
    const weights = { adversarial: [1, 0], cycle: [0, 0], identity: [0, 0] } as const;
    const bench = new Bench(tf, withLoss(chapter, { weights }));
    const before = bench.snapshot();
    bench.step();
    const moved = [...changed(before, bench.snapshot())].filter((key) => key.endsWith('/kernel') && key.startsWith('generator'));
    assert.ok(moved.length > 0 && moved.every((key) => key.startsWith('generatorAToB/')));
    bench.dispose();
  });

  test('counters: +5 an iteration where shared, else one for each group', () => {
    const shared = new Bench(tf, chapter);
    shared.step();
    shared.step();
    assert.equal(shared.snapshot()['adam/counter'], [10]);
    const apart = new Bench(tf, paper);
    apart.step();
    apart.step();
    const counters = Object.entries(apart.snapshot()).filter(([key]) => key.startsWith('adam/counter'));
    assert.equal(counters, [['adam/counter/generators', [2]], ['adam/counter/discriminatorA', [2]], ['adam/counter/discriminatorB', [2]]]);
    shared.dispose();
    apart.dispose();
  });

  test('update orders and discriminator updates compose', () => {
    for (const update_order of ['discriminators_first', 'generators_first'] as const) {
      for (const discriminator_updates of ['separate', 'joint'] as const) {
        const bench = new Bench(tf, { ...chapter, settings: { ...chapter.settings, update_order, discriminator_updates } });
        bench.step();
        assert.equal(bench.snapshot()['adam/counter'], [discriminator_updates === 'joint' ? 3 : 5]);
        bench.dispose();
      }
    }
  });

  test('a pooled image takes the place of the generated one only where use is 1', () => {
    for (const recipe of [chapter, paper]) {
      const losses = ([{}, { use: 0 }, { use: 1 }] as const).map((options) => {
        const bench = new Bench(tf, recipe);
        const values = bench.step(options);
        bench.dispose();
        return values;
      });
      assert.equal(losses[0], losses[1]);
      assert.not.equal(losses[0]!.discriminator_A_fake, losses[2]!.discriminator_A_fake);
      assert.not.equal(losses[0]!.discriminator_B_fake, losses[2]!.discriminator_B_fake);
      assert.is(losses[0]!.discriminator_A_real, losses[2]!.discriminator_A_real);
    }
  });

  test('training lowers the cycle loss', () => {
    const bench = new Bench(tf, chapter);
    const first = bench.step({ learningRate: 2e-3 });
    for (let i = 0; i < 10; i++) bench.step({ learningRate: 2e-3 });
    assert.ok(bench.step().cycle_A! < 0.95 * first.cycle_A!);
    bench.dispose();
  });

  test('translating with predict moves nothing', () => {
    const bench = new Bench(tf, chapter);
    bench.step();
    const before = bench.snapshot();
    tf.dispose(bench.networks.generatorAToB.predict(bench.batch.realA));
    assert.equal(bench.snapshot(), before);
    bench.dispose();
  });
}
