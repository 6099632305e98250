/**
 * The few operations of a CycleGAN whose gradient decides how fast, or how right, training is. There are two forms of
 * each: `plain.ts` in tfjs operations, on every backend, and `tensorflow.ts` with TensorFlow's fused kernels. Tests hold
 * them equal. Images are `[batch, height, width, channels]` everywhere.
 */
import type { Tensor, Tensor1D, Tensor4D } from '../../engine/tf.ts';

/** What batch normalization saw: mean and BIASED variance of each channel, `[channels]`. Valid during the call only. */
export type BatchStatistics = (mean: Tensor1D, variance: Tensor1D) => void;

export interface Operations {
  /** Conv2D as Keras defines it, `kernel` `[height, width, in, out]`, without bias. */
  convolution(x: Tensor4D, kernel: Tensor4D, strides: readonly [number, number], padding: 'same' | 'valid'): Tensor4D;

  /** Adds `bias[c]` to every pixel of channel c. */
  addBias(x: Tensor4D, bias: Tensor1D): Tensor4D;

  /** max(x, 0); the gradient at 0 is 0. */
  relu<T extends Tensor>(x: T): T;

  /** x for x > 0, else slope·x, with slope > 0. */
  leakyRelu<T extends Tensor>(x: T, slope: number): T;

  tanh<T extends Tensor>(x: T): T;

  sigmoid<T extends Tensor>(x: T): T;

  /**
   * keras-contrib's InstanceNormalization(axis=1) on NHWC: each image row over width and channels,
   * (x − mean)/(deviation + epsilon)·gamma[h] + beta[h], the deviation biased. The gradient of the root at 0 is taken
   * as 0, which gives a constant row the function's true derivative instead of NaN.
   */
  normalizeRows(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Tensor4D;

  /** Instance normalization (Ulyanov et al. 2016): each image and channel, (x − mean)/√(variance + epsilon)·gamma[c] + beta[c]. */
  normalizeChannels(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Tensor4D;

  /** Batch normalization in training mode (Ioffe and Szegedy 2015): each channel over batch, height and width. */
  normalizeBatch(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number, seen: BatchStatistics): Tensor4D;

  /** Pads height and width by `size` pixels, mirrored without repeating the edge: 321|123|321 is `symmetric`, 32|123|21 is this. */
  padByReflection(x: Tensor4D, size: number): Tensor4D;
}
