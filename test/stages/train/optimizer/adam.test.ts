import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Scalar, Variable } from '../../../../stages/engine/tf.ts';
import { createAdam } from '../../../../stages/train/optimizer/adam.ts';
import { testEngine } from '../../../helpers/test-engine.ts';

const tf = (await testEngine('wasm'))!;
const settings = { beta1: 0.5, beta2: 0.999, epsilon: 1e-7 };

/** Keras's formula in double precision: what each step makes of one weight. */
function reference(weight: number, gradients: readonly number[], learningRate: number, counters: readonly number[]): number {
  const { beta1, beta2, epsilon } = settings;
  let [m, v] = [0, 0];
  gradients.forEach((gradient, index) => {
    const t = counters[index]!;
    m += (1 - beta1) * (gradient - m);
    v += (1 - beta2) * (gradient ** 2 - v);
    weight -= (((learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t)) * m) / (Math.sqrt(v) + epsilon);
  });
  return weight;
}

const close = (value: number, expected: number) => assert.ok(Math.abs(value - expected) <= 1e-4 * Math.abs(expected), `${value} for ${expected}`);

for (const shared of [true, false]) {
  test(`two groups by turns, ${shared ? 'one counter' : 'a counter each'}: Keras's weights`, () => {
    const [a, b] = [tf.variable(tf.scalar(0)), tf.variable(tf.scalar(0))] as [Variable, Variable];
    const adam = createAdam(tf, { ...settings, shared_counter: shared }, { first: new Map([['a', a]]), second: new Map([['b', b]]) });
    const gradients = [0.3, -2, 1e-9, 5];
    for (const gradient of gradients) {
      for (const [group, variable] of [['first', a], ['second', b]] as const) {
        adam.step(group, { [variable.name]: tf.scalar(gradient) }, tf.scalar(0.01));
      }
    }
    close(a.dataSync()[0]!, reference(0, gradients, 0.01, shared ? [1, 3, 5, 7] : [1, 2, 3, 4]));
    close(b.dataSync()[0]!, reference(0, gradients, 0.01, shared ? [2, 4, 6, 8] : [1, 2, 3, 4]));
    const counters = shared ? ['adam/counter'] : ['adam/counter/first', 'adam/counter/second'];
    assert.equal([...adam.state().keys()].sort(), [...counters, 'adam/m/a', 'adam/m/b', 'adam/v/a', 'adam/v/b'].sort());
  });
}

test('the first step is the learning rate long: 1 − β2 of the moment is that of the correction', () => {
  const variable = tf.variable(tf.scalar(0)) as Variable;
  const adam = createAdam(tf, { ...settings, epsilon: 1e-30, shared_counter: true }, { all: new Map([['w', variable]]) });
  adam.step('all', { [variable.name]: tf.scalar(1) }, tf.scalar(0.01));
  assert.ok(Math.abs(variable.dataSync()[0]! / -0.01 - 1) < 1e-6, String(variable.dataSync()[0]));
  adam.dispose();
});

test('a variable without a gradient is left as it is', () => {
  const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))] as [Variable, Variable];
  const adam = createAdam(tf, { ...settings, shared_counter: false }, { all: new Map([['a', a], ['b', b]]) });
  adam.step('all', { [a.name]: tf.scalar(1) as Scalar }, tf.scalar(0.1));
  assert.is(b.dataSync()[0], 2);
  assert.is.not(a.dataSync()[0], 1);
});

test('dispose leaves no tensor', () => {
  const variable = tf.variable(tf.zeros([3])) as Variable;
  const before = tf.memory().numTensors;
  createAdam(tf, { ...settings, shared_counter: true }, { all: new Map([['w', variable]]) }).dispose();
  assert.is(tf.memory().numTensors, before);
});

test.run();
