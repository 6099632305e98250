/**
 * The same networks and losses without corners: softplus for relu, s·x + (1 − s)·softplus(x) for the leaky relu of slope
 * s, x² for |x|. What is far from float64 with corners and near without them is far because of them.
 */
import type { Tensor, Tf } from '../../stages/engine/tf.ts';
import { operationsFor, type Operations } from '../../stages/model/operations/index.ts';

export const smoothOperations = (tf: Tf): Operations => ({
  ...operationsFor(tf),
  relu: (x) => tf.softplus(x),
  leakyRelu: <T extends Tensor>(x: T, slope: number): T => tf.add(tf.mul(x, slope), tf.mul(tf.softplus(x), 1 - slope)),
});

/** For the loss, which has the mean of |x| and its gradient sign(x) from here. */
export const smoothDistance = (tf: Tf): Tf => ({ ...tf, abs: tf.square, sign: (x: Tensor) => tf.mul(x, 2) }) as Tf;
