/** Tests, on one engine, of the supervised objective. */
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tf } from '../../../../stages/engine/tf.ts';
import { sumLosses } from '../../../../stages/train/step/losses.ts';
import { Bench, changed, chapter, paper, withSettings } from './bench.ts';

type Test = ReturnType<typeof suite>;

const supervised = { objective: 'supervised' } as const;

export function supervisedTests(test: Test, tf: Tf): void {
  test('supervised: a colour shift of pairs is learnt, both ways, and no tensor is left', () => {
    const bench = new Bench(tf, paper, supervised);
    const shifted = tf.tidy(() => tf.reverse(tf.add(tf.mul(bench.batch.realA, 0.6), 0.3), 3));
    bench.batch.realB.dispose();
    Object.assign(bench.batch, { realB: shifted });
    const first = bench.step({ learningRate: 1e-2 });
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 58; i++) bench.step({ learningRate: 1e-2 });
    assert.is(tf.memory().numTensors, tensors);
    const last = bench.step();
    for (const term of ['supervised_AToB', 'supervised_BToA'] as const) assert.ok(last[term]! < 0.6 * first[term]!, `${term}: ${last[term]} after ${first[term]}`);
    bench.dispose();
  });

  test('supervised: the terms are mean differences of the pairs, and their sum is the loss', () => {
    const bench = new Bench(tf, paper, supervised);
    const { realA, realB } = bench.batch;
    const { generatorAToB, generatorBToA } = bench.networks;
    const distance = tf.tidy(() => [tf.sub(generatorAToB.predict(realA) as typeof realA, realB), tf.sub(generatorBToA.predict(realB) as typeof realA, realA)]
      .map((difference) => tf.mean(tf.abs(difference)).dataSync()[0]!)) as [number, number];
    const losses = bench.step();
    assert.equal(Object.keys(losses), [...bench.trainer.lossNames]);
    assert.ok(Math.abs(losses.supervised_AToB! - distance[0]) < 1e-5 && Math.abs(losses.supervised_BToA! - distance[1]) < 1e-5);
    assert.equal(sumLosses(losses, paper.settings.loss.weights), { generator_loss: losses.supervised_AToB! + losses.supervised_BToA!, discriminator_loss: 0 });
    bench.dispose();
  });

  test('supervised: one step of both generators, averaged if asked; the discriminators stand in the state, without moments', () => {
    const bench = new Bench(tf, withSettings(chapter, { ema_decay: 0.9 }), supervised);
    const before = bench.snapshot();
    bench.step();
    const after = bench.snapshot();
    assert.equal(after['adam/counter'], [1]);
    assert.equal(after['ema/counter'], [1]);
    const moved = [...changed(before, after)];
    for (const name of ['generatorAToB/c7s1_2/kernel', 'generatorBToA/c7s1_2/kernel', 'ema/generatorAToB/c7s1_2/kernel']) assert.ok(moved.includes(name), name);
    assert.not(moved.some((key) => key.startsWith('discriminator')));
    assert.ok('discriminatorA/C1/kernel' in after);
    assert.not(Object.keys(after).some((key) => key.startsWith('adam/m/discriminator')));
    bench.dispose();
  });
}
