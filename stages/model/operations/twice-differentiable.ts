/**
 * The operations as compositions of tfjs's elementary operations: slower than {@link plainOperations}, but tfjs
 * differentiates through the gradients of these too. A gradient penalty (WGAN-GP: Gulrajani et al. 2017, equation 3)
 * needs that of its discriminator: ∂/∂w of ‖∂D/∂x‖. Through a hand-written or a fused gradient tfjs finds no second
 * derivative, or a wrong one, without a word. Two kinds of its own operations are out too: those that choose by a
 * comparison (leakyRelu, maximum: "gradient function not found for Greater"), and those whose gradient is made of their
 * saved output (tanh, sigmoid, exp): the tape notes the saved copy before the operation, and so loses what comes back
 * through it. conv2d is right on every engine: its gradient by the input has both of its own gradients.
 */
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../../engine/tf.ts';
import type { Operations } from './operations.ts';

/**
 * Below this a row's variance counts as none, and the root passes no gradient on (as in the other forms, for a constant
 * row). High enough that the root's second derivative, v^(−3/2), is a finite float32 there; a deviation of 1e-8 is far
 * below what an epsilon of 1e-3 lets one see.
 */
const leastVariance = 1e-16;

export function twiceDifferentiableOperations(tf: Tf): Operations {
  const sigmoid = elementwise(tf, tf.sigmoid, (x) => tf.mul(sigmoid(x), sigmoid(tf.neg(x))));
  const tanh = elementwise(tf, tf.tanh, (x) => tf.sub(1, tf.square(tanh(x))));
  return {
    convolution: (x, kernel, [vertical, horizontal], padding) => tf.conv2d(x, kernel, [vertical, horizontal], padding),
    addBias: (x, bias) => tf.add(x, bias),
    relu: (x) => tf.relu(x),
    leakyRelu: (x, slope) => tf.add(tf.mul(tf.relu(x), 1 - slope), tf.mul(x, slope)),
    tanh,
    sigmoid,
    normalizeRows: (x, gamma, beta, epsilon) => normalizeRows(tf, x, gamma, beta, epsilon),
    normalizeChannels: (x, gamma, beta, epsilon) => normalizeOver(tf, [1, 2], x, gamma, beta, epsilon),
    normalizeBatch: (x, gamma, beta, epsilon, seen) => normalizeOver(tf, [0, 1, 2], x, gamma, beta, epsilon, (mean, variance) => {
      seen(tf.reshape(mean, [x.shape[3]]), tf.reshape(variance, [x.shape[3]]));
    }),
    padByReflection: (x, size) => reflectAlong(tf, reflectAlong(tf, x, 1, size), 2, size),
  };
}

/** f with f′ given as a function of x, which may be written with f itself: so it can be differentiated any number of times. */
function elementwise(tf: Tf, f: (x: Tensor) => Tensor, derivative: (x: Tensor) => Tensor): <T extends Tensor>(x: T) => T {
  const apply = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
    save([input]);
    return { value: f(input), gradFunc: (dy: Tensor, [x]: Tensor[]) => tf.mul(dy, derivative(x!)) };
  });
  return <T extends Tensor>(x: T) => apply(x) as T;
}

function normalizeRows(tf: Tf, x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Tensor4D {
  const perRow = (t: Tensor) => tf.reshape(t, [x.shape[1], 1, 1]);
  const centred = tf.sub(x, tf.mean(x, [2, 3], true));
  const variance = tf.mean(tf.square(centred), [2, 3], true);
  const deviation = tf.sqrt(tf.add(tf.relu(tf.sub(variance, leastVariance)), leastVariance));
  return tf.add(tf.mul(tf.div(centred, tf.add(deviation, epsilon)), perRow(gamma)), perRow(beta));
}

/** (x − mean)/√(variance + epsilon)·gamma + beta over `axes`, which hold height and width and do not hold the channel. */
function normalizeOver(
  tf: Tf, axes: number[], x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number, seen?: (mean: Tensor, variance: Tensor) => void,
): Tensor4D {
  const mean = tf.mean(x, axes, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes, true);
  seen?.(mean, variance);
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, epsilon))), gamma), beta);
}

/** Both borders of one axis, mirrored without the edge itself. */
function reflectAlong(tf: Tf, x: Tensor4D, axis: 1 | 2, size: number): Tensor4D {
  const strip = (from: number): Tensor4D => {
    const begin: [number, number, number, number] = [0, 0, 0, 0];
    const extent: [number, number, number, number] = [...x.shape];
    begin[axis] = from;
    extent[axis] = size;
    return tf.reverse(tf.slice(x, begin, extent), axis);
  };
  return tf.concat([strip(1), x, strip(x.shape[axis] - 1 - size)], axis);
}
