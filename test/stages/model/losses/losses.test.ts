import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor } from '../../../../stages/engine/tf.ts';
import { ganLoss } from '../../../../stages/model/losses/gan-loss.ts';
import { meanAbsoluteError } from '../../../../stages/model/losses/mean-absolute-error.ts';
import { testEngine } from '../../../helpers/test-engine.ts';

const tf = (await testEngine('wasm'))!;
const numbers = (t: Tensor) => [...t.dataSync()];

test('mean absolute error: value, and a gradient of sign/n that is 0 at 0', () => {
  const [x, target] = [tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([2, 2, 1, 4])];
  assert.equal(numbers(meanAbsoluteError(tf, x, target)), [0.75]);
  assert.equal(numbers(tf.grad((x) => meanAbsoluteError(tf, x, target))(x)), [-0.25, 0, 0.25, 0]);
  assert.equal(numbers(tf.grad((x) => tf.mul(meanAbsoluteError(tf, x, target), 10))(x)), [-2.5, 0, 2.5, 0]);
});

test('the GAN loss: mean squares to 1 for real, to 0 for generated, and their gradients', () => {
  const output = tf.tensor4d([0, 0.5, 1, 2], [1, 2, 2, 1]);
  assert.equal(numbers(ganLoss(tf, 'mse').real(output)), [(1 + 0.25 + 0 + 1) / 4]);
  assert.equal(numbers(ganLoss(tf, 'mse').generated(output)), [(0 + 0.25 + 1 + 4) / 4]);
  assert.equal(numbers(tf.grad((x) => ganLoss(tf, 'mse').real(x))(output)), [-0.5, -0.25, 0, 0.5]);
  assert.equal(numbers(tf.grad((x) => ganLoss(tf, 'mse').generated(x))(output)), [0, 0.25, 0.5, 1]);
});

test.run();
