/** The operations in plain tfjs, with hand-written gradients where tfjs's own are wrong (mirrorPad, the root at 0) or many small steps. */
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../../engine/tf.ts';
import type { Operations } from './operations.ts';

/** Keeps 0/0 away in the gradient of a deviation that is 0; far below any deviation of real values. */
const tiny = 1e-30;

export function plainOperations(tf: Tf): Operations {
  return {
    convolution: (x, kernel, [vertical, horizontal], padding) => tf.conv2d(x, kernel, [vertical, horizontal], padding),
    addBias: (x, bias) => tf.add(x, bias),
    relu: (x) => tf.relu(x),
    leakyRelu: (x, slope) => tf.leakyRelu(x, slope),
    tanh: (x) => tf.tanh(x),
    sigmoid: (x) => tf.sigmoid(x),
    normalizeRows: (x, gamma, beta, epsilon) => normalizeRows(tf, x, gamma, beta, epsilon),
    normalizeChannels: (x, gamma, beta, epsilon) => normalizeOver(tf, [1, 2], x, gamma, beta, epsilon),
    normalizeBatch: (x, gamma, beta, epsilon, seen) => normalizeOver(tf, [0, 1, 2], x, gamma, beta, epsilon, (mean, variance) => {
      seen(tf.reshape(mean, [x.shape[3]]), tf.reshape(variance, [x.shape[3]]));
    }),
    padByReflection: (x, size) => padByReflection(tf, x, size),
  };
}

function normalizeRows(tf: Tf, x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Tensor4D {
  const [, height, width, channels] = x.shape;
  const count = width * channels;
  const perRow = (t: Tensor) => tf.reshape(t, [height, 1, 1]);
  const normalize = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as unknown as [Tensor4D, Tensor1D, Tensor1D, (saved: Tensor[]) => void];
    const centred = tf.sub(input, tf.mean(input, [2, 3], true));
    const deviation = tf.sqrt(tf.mean(tf.square(centred), [2, 3], true));
    const inverse = tf.reciprocal(tf.add(deviation, epsilon));
    save([centred, deviation, inverse, scale]);
    return {
      value: tf.add(tf.mul(centred, tf.mul(inverse, perRow(scale))), perRow(offset)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [centred, deviation, inverse, scale] = saved as [Tensor, Tensor, Tensor, Tensor];
        const sum = tf.sum(dy, [2, 3], true);
        const dot = tf.mul(tf.sum(tf.mul(dy, centred), [2, 3], true), inverse);
        const factor = tf.mul(inverse, perRow(scale));
        const throughDeviation = tf.div(tf.mul(factor, dot), tf.mul(tf.maximum(deviation, tiny), count));
        const throughMean = tf.mul(factor, tf.div(sum, count));
        const dx = tf.sub(tf.sub(tf.mul(dy, factor), throughMean), tf.mul(centred, throughDeviation));
        return [dx, tf.sum(dot, [0, 2, 3]), tf.sum(sum, [0, 2, 3])];
      },
    };
  });
  return normalize(x, gamma, beta) as Tensor4D;
}

/** (x − mean)/√(variance + epsilon)·gamma + beta over `axes`, which hold height and width and do not hold the channel. */
function normalizeOver(
  tf: Tf, axes: number[], x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number, seen?: (mean: Tensor, variance: Tensor) => void,
): Tensor4D {
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  const normalize = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as unknown as [Tensor4D, Tensor1D, Tensor1D, (saved: Tensor[]) => void];
    const mean = tf.mean(input, axes, true);
    const centred = tf.sub(input, mean);
    const variance = tf.mean(tf.square(centred), axes, true);
    seen?.(mean, variance);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normalized = tf.mul(centred, inverse);
    save([normalized, inverse, scale]);
    return {
      value: tf.add(tf.mul(normalized, scale), offset),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [normalized, inverse, scale] = saved as [Tensor, Tensor, Tensor];
        const sum = tf.sum(dy, axes, true);
        const dot = tf.sum(tf.mul(dy, normalized), axes, true);
        const correction = tf.div(tf.add(sum, tf.mul(normalized, dot)), count);
        const dx = tf.mul(tf.sub(dy, correction), tf.mul(inverse, scale));
        return [dx, tf.sum(dot, [0, 1, 2]), tf.sum(sum, [0, 1, 2])];
      },
    };
  });
  return normalize(x, gamma, beta) as Tensor4D;
}

/** tfjs's mirrorPad forward; its gradient folds the mirrored borders back (tfjs's own cuts them off). */
function padByReflection(tf: Tf, x: Tensor4D, size: number): Tensor4D {
  const border: [number, number] = [size, size];
  const pad = tf.customGrad((input) => ({
    value: tf.mirrorPad(input as Tensor, [[0, 0], border, border, [0, 0]], 'reflect'),
    gradFunc: (dy: Tensor) => foldBorder(tf, foldBorder(tf, dy as Tensor4D, 1, size), 2, size),
  }));
  return pad(x) as Tensor4D;
}

/** The adjoint of reflection along one axis: each border strip, mirrored, is added to where it was copied from. */
function foldBorder(tf: Tf, padded: Tensor4D, axis: number, size: number): Tensor4D {
  const length = padded.shape[axis]! - 2 * size;
  const strip = (from: number, count: number): Tensor4D => {
    const begin = [0, 0, 0, 0];
    const extent: number[] = [...padded.shape];
    begin[axis] = from;
    extent[axis] = count;
    return tf.slice(padded, begin as [number, number, number, number], extent as [number, number, number, number]);
  };
  const placed = (t: Tensor4D, before: number): Tensor4D => {
    const paddings: [number, number][] = [[0, 0], [0, 0], [0, 0], [0, 0]];
    paddings[axis] = [before, length - size - before];
    return tf.pad(tf.reverse(t, axis), paddings);
  };
  return tf.addN([strip(size, length), placed(strip(0, size), 1), placed(strip(size + length, size), length - 1 - size)]);
}
