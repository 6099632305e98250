/** Tests, on one engine, of the generators' moving averages. */
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tf, Variable } from '../../../../stages/engine/tf.ts';
import { networkWeights } from '../../../../stages/model/network-weights.ts';
import { Bench, chapter, withSettings, type Recipe } from './bench.ts';

type Test = ReturnType<typeof suite>;
type Snapshot = Readonly<Record<string, readonly number[]>>;

/** Reached from below at n = 2: (1 + 2)/(10 + 2). */
const ema_decay = 0.25;
const averaged: Recipe = withSettings(chapter, { ema_decay });

export function averageTests(test: Test, tf: Tf): void {
  const names = (bench: Bench) => [bench.networks.generatorAToB, bench.networks.generatorBToA].flatMap((network) => [...networkWeights(network).keys()]);

  test('averages: d·average + (1 − d)·weight with d = min(ema_decay, (1 + n)/(10 + n)), statistics as well', () => {
    const bench = new Bench(tf, averaged);
    const keys = names(bench);
    assert.ok(keys.some((key) => key.endsWith('/moving_mean')));
    let expected: Snapshot = only(bench.snapshot(), keys);
    for (const [n, d] of [[1, 2 / 11], [2, 0.25], [3, 0.25]] as const) {
      bench.step({ learningRate: 1e-2 });
      const weights = bench.snapshot();
      expected = Object.fromEntries(keys.map((key) => [key, expected[key]!.map((average, index) => d * average + (1 - d) * weights[key]![index]!)]));
      for (const key of keys) assertNear(weights[`ema/${key}`]!, expected[key]!, `${key} in update ${n}`);
      assert.equal(weights['ema/counter'], [n]);
    }
    bench.dispose();
  });

  test('averages: named as the weights are, absent without ema_decay, and training does not notice them', () => {
    const [plain, bench] = [new Bench(tf, chapter), new Bench(tf, averaged)];
    assert.is(plain.trainer.averages(), undefined);
    assert.equal([...bench.trainer.averages()!.keys()], names(bench));
    for (const [name, average] of bench.trainer.averages()!) assert.ok(average === bench.trainer.state().get(`ema/${name}`), name);
    for (let i = 0; i < 2; i++) assert.equal(bench.step(), plain.step());
    const own = (snapshot: Snapshot) => Object.fromEntries(Object.entries(snapshot).filter(([key]) => !key.startsWith('ema/')));
    assert.equal(own(bench.snapshot()), plain.snapshot());
    plain.dispose();
    bench.dispose();
  });

  test('averages: state() restores them, and neither they nor their end leave a tensor', () => {
    const before = tf.memory().numTensors;
    const [first, second] = [new Bench(tf, averaged), new Bench(tf, averaged, { seed: 9 })];
    first.step({ learningRate: 1e-2 });
    for (const [key, variable] of second.trainer.state()) variable.assign(first.trainer.state().get(key)!.clone() as Variable);
    const tensors = tf.memory().numTensors;
    for (const bench of [first, second]) bench.step({ learningRate: 1e-2 });
    assert.is(tf.memory().numTensors, tensors);
    assert.equal(first.snapshot(), second.snapshot());
    first.dispose();
    second.dispose();
    // The copies that restoring made are the test's own.
    assert.ok(tf.memory().numTensors - before <= first.trainer.state().size);
  });
}

const only = (snapshot: Snapshot, keys: readonly string[]): Snapshot => Object.fromEntries(keys.map((key) => [key, snapshot[key]!]));

function assertNear(values: readonly number[], expected: readonly number[], what: string): void {
  values.forEach((value, index) => assert.ok(Math.abs(value - expected[index]!) <= 3e-7 * Math.max(1, Math.abs(expected[index]!)), `${what}: ${value}, not ${expected[index]}`));
}
