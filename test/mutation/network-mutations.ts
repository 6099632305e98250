/** Ways to break the networks and their losses. */
import { invariants, parity, seeds, train, type Mutation } from './mutation.ts';

export const networks: readonly Mutation[] = [
  {
    name: 'row norm: epsilon inside the root', file: 'stages/model/operations/plain.ts',
    find: 'const deviation = tf.sqrt(tf.mean(tf.square(centred), [2, 3], true));', replace: 'const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), [2, 3], true), epsilon));', tests: [parity('layers')],
  },
  {
    name: 'row norm: epsilon inside the root (TensorFlow)', file: 'stages/model/operations/tensorflow.ts',
    find: 'const denominator = add(deviation, native.scalar(epsilon));', replace: 'const denominator = sqrt(add(square(deviation), native.scalar(epsilon)));', tests: [parity('layers', 'tensorflow')],
  },
  {
    name: 'row norm: a constant row divides 0 by 0', file: 'stages/model/operations/plain.ts',
    find: 'tf.mul(tf.maximum(deviation, tiny), count)', replace: 'tf.mul(deviation, count)', tests: [parity('layers')],
  },
  {
    name: 'batch norm: moving average of the unbiased variance', file: 'stages/model/operations/plain.ts',
    find: 'seen?.(mean, variance);', replace: 'seen?.(mean, tf.mul(variance, count / (count - 1)));', tests: [parity('layers')],
  },
  {
    name: 'batch norm: moving average of the unbiased variance (TensorFlow)', file: 'stages/model/operations/tensorflow.ts',
    find: '(count - 1) / count', replace: '1', tests: [parity('layers', 'tensorflow')],
  },
  {
    name: 'batch norm: momentum the wrong way round', file: 'stages/model/layers/batch-normalization.ts',
    find: '1 - this.momentum', replace: 'this.momentum', tests: [parity('layers')],
  },
  {
    name: 'batch norm: inference moves the statistics', file: 'stages/model/layers/batch-normalization.ts',
    find: 'if (!isTraining(args)) return', replace: 'if (!isTraining(args)) this.move(movingMean, tf.mean(x, [0, 1, 2]) as Tensor1D);\n      if (!isTraining(args)) return', tests: [parity('layers')],
  },
  {
    name: 'batch norm: frozen layers move their statistics', file: 'stages/model/layers/batch-normalization.ts',
    find: 'if (isFrozen(args)) return;', replace: '', tests: [invariants],
  },
  {
    name: 'reflection padding: the gradient of the borders is cut off', file: 'stages/model/operations/plain.ts',
    find: 'foldBorder(tf, foldBorder(tf, dy as Tensor4D, 1, size), 2, size)', replace: 'tf.slice(dy as Tensor4D, [0, size, size, 0], (input as Tensor).shape as [number, number, number, number])', tests: [parity('layers')],
  },
  {
    name: 'discriminator: another slope', file: 'stages/model/discriminator.ts',
    find: 'const leak = 0.2;', replace: 'const leak = 0.3;', tests: [parity('chapter')],
  },
  {
    name: 'convolution: the bias is forgotten', file: 'stages/model/layers/convolution.ts',
    find: 'return bias === undefined ? y : operations.addBias(y, bias as Tensor1D);', replace: 'return y;', tests: [parity('layers')],
  },
  {
    name: 'initial weights do not depend on the seed', file: 'stages/model/initial-weights.ts',
    find: 'randomStream(seed, `initial weights ${name}`)', replace: 'randomStream(1, `initial weights ${name}`)', tests: [seeds, 'test/stages/model/networks-wasm.test.ts'],
  },
];

export const losses: readonly Mutation[] = [
  {
    name: 'the gradient of |x| at 0 is −1', file: 'stages/model/losses/mean-absolute-error.ts',
    find: 'tf.sign(difference!)', replace: 'tf.sub(tf.mul(tf.step(difference!), 2), 1)', tests: [parity('layers')],
  },
  {
    name: 'least squares: the gradient without its 2', file: 'stages/model/losses/mean-square.ts',
    find: 'tf.mul(dy, 2 / input!.size)', replace: 'tf.mul(dy, 1 / input!.size)', tests: [parity('layers')],
  },
  {
    name: 'hinge: no margin', file: 'stages/model/losses/gan-loss.ts',
    find: 'tf.relu(tf.sub(1, output))', replace: 'tf.relu(tf.neg(output))', tests: [parity('layers')],
  },
  {
    name: 'wrong loss weight: identity weighed as the cycle', file: 'stages/train/step/losses.ts',
    find: 'identity_B: identity[0]', replace: 'identity_B: cycle[0]', tests: [train('step/losses'), parity('chapter')],
  },
  {
    name: 'loss weights of the two directions exchanged', file: 'stages/train/step/losses.ts',
    find: 'cycle_A: cycle[0], cycle_B: cycle[1]', replace: 'cycle_A: cycle[1], cycle_B: cycle[0]', tests: [train('step/losses')],
  },
  {
    name: 'the sum of the discriminators\' losses without its ¼', file: 'stages/train/step/losses.ts',
    find: ' / discriminatorLossNames.length', replace: '', tests: [train('step/losses')],
  },
  {
    name: 'gradient penalty: towards a norm of 0', file: 'stages/model/losses/gradient-penalty.ts',
    find: 'tf.square(tf.sub(norm, 1))', replace: 'tf.square(norm)', tests: ['test/stages/model/losses/adversarial-wasm.test.ts', train('step/options-wasm')],
  },
];
