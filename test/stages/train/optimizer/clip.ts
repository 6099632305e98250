/** Tests of gradient clipping on one engine: first moments show what gradients Adam was given. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tf, Variable } from '../../../../stages/engine/tf.ts';
import { createAdam } from '../../../../stages/train/optimizer/adam.ts';
import type { ClipSettings } from '../../../../stages/train/optimizer/clip.ts';
import { testEngine } from '../../../helpers/test-engine.ts';

const settings = { beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true };
const gradients = { first: { a: [3, -0.5], b: [0, 4] }, second: { c: [12, 0] } };

export async function clipTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`gradient clipping on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    // √(3² + 0.5² + 4²) = 5.02494, of the second group 12.
    const norm = Math.hypot(3, 0.5, 4);
    test('without clipping gradients are taken as they are', () => assert.equal(taken(tf, {}), { a: [3, -0.5], b: [0, 4], c: [12, 0] }));

    test('global_clipnorm: one factor for all of a group, each group by its own norm', () => {
      const scale = 2 / norm;
      assertNear(taken(tf, { global_clipnorm: 2 }), { a: [3 * scale, -0.5 * scale], b: [0, 4 * scale], c: [2, 0] });
    });

    test('global_clipnorm: a norm below it leaves every bit, and gradients of 0 stay 0', () => {
      assert.equal(taken(tf, { global_clipnorm: 12.5 }), { a: [3, -0.5], b: [0, 4], c: [12, 0] });
      assert.equal(taken(tf, { global_clipnorm: 1 }, { first: { a: [0, 0], b: [0, 0] }, second: { c: [0, 0] } }), { a: [0, 0], b: [0, 0], c: [0, 0] });
    });

    test('global_clipnorm: what is not finite is not hidden', () => {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const { a, b, c } = taken(tf, { global_clipnorm: 1 }, { first: { a: [bad, 1], b: [1, 1] }, second: { c: [0.5, 0] } });
        assert.ok([...a!, ...b!].every(Number.isNaN), `${bad}: ${a} ${b}`);
        assert.equal(c, [0.5, 0]);
      }
    });

    test('clipvalue: each value by itself', () => {
      assertNear(taken(tf, { clipvalue: 0.75 }), { a: [0.75, -0.5], b: [0, 0.75], c: [0.75, 0] });
    });

    test('clipping leaves no tensor', () => {
      const before = tf.memory().numTensors;
      for (const clip of [{ global_clipnorm: 1 }, { clipvalue: 1 }]) taken(tf, clip);
      assert.is(tf.memory().numTensors, before);
    });
  }
  test.run();
}

type Gradients = Readonly<Record<'first' | 'second', Readonly<Record<string, readonly number[]>>>>;

/** The gradients that Adam takes in its first step, from m = (1 − β1)·gradient. */
function taken(tf: Tf, clip: ClipSettings, given: Gradients = gradients): Record<string, number[]> {
  const group = (name: keyof Gradients) => new Map(Object.keys(given[name]).map((key) => [key, tf.variable(tf.zeros([2])) as Variable]));
  return tf.tidy(() => {
    const groups = { first: group('first'), second: group('second') };
    const adam = createAdam(tf, { ...settings, ...clip }, groups);
    for (const name of ['first', 'second'] as const) {
      adam.step(name, Object.fromEntries([...groups[name]].map(([key, variable]) => [variable.name, tf.tensor1d([...given[name][key]!])])), tf.scalar(0.1));
    }
    const moments = [...adam.state()].filter(([name]) => name.startsWith('adam/m/'));
    const result = Object.fromEntries(moments.map(([name, m]) => [name.slice('adam/m/'.length), [...m.dataSync()].map((value) => value / 0.5)]));
    adam.dispose();
    tf.dispose([...groups.first.values(), ...groups.second.values()]);
    return result;
  });
}

function assertNear(values: Readonly<Record<string, readonly number[]>>, expected: Readonly<Record<string, readonly number[]>>): void {
  assert.equal(Object.keys(values), Object.keys(expected));
  for (const [key, list] of Object.entries(expected)) {
    list.forEach((value, index) => assert.ok(Math.abs(values[key]![index]! - value) <= 1e-6 * Math.max(1, Math.abs(value)), `${key}: ${values[key]}, not ${list}`));
  }
}
