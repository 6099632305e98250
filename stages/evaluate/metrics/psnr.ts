import type { Picture } from '../../image/picture.ts';

/** Mean squared error over all values of two pictures of one shape. */
export function meanSquaredError(a: Picture, b: Picture): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i]! - b.data[i]!) ** 2;
  return sum / a.data.length;
}

/**
 * Peak signal-to-noise ratio in dB of two pictures with values in [0, 1]: −10·log10(MSE); Infinity where they are equal.
 * As scikit-image's `peak_signal_noise_ratio` with `data_range=1`.
 */
export function psnr(a: Picture, b: Picture): number {
  return -10 * Math.log10(meanSquaredError(a, b));
}
