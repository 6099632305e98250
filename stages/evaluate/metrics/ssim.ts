/**
 * Structural similarity, Wang et al. 2004 ("Image Quality Assessment: From Error Visibility to Structural Similarity"),
 * equation 13: Gaussian window 11×11 with σ 1.5, K1 0.01, K2 0.03, population covariance, values in [0, 1].
 */
import type { Picture } from '../../image/picture.ts';

const RADIUS = 5;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

const window1d = gaussianWindow();

function gaussianWindow(): Float64Array {
  const weights = Float64Array.from({ length: 2 * RADIUS + 1 }, (_, i) => Math.exp(-((i - RADIUS) ** 2) / (2 * SIGMA ** 2)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Filters with the window, only where it lies wholly inside: `[height − 10, width − 10]`. */
function blurInside(plane: Float64Array, height: number, width: number): Float64Array {
  const innerWidth = width - 2 * RADIUS;
  const innerHeight = height - 2 * RADIUS;
  const rows = new Float64Array(height * innerWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < innerWidth; x++) {
      let sum = 0;
      for (let k = 0; k <= 2 * RADIUS; k++) sum += window1d[k]! * plane[y * width + x + k]!;
      rows[y * innerWidth + x] = sum;
    }
  }
  const inside = new Float64Array(innerHeight * innerWidth);
  for (let y = 0; y < innerHeight; y++) {
    for (let x = 0; x < innerWidth; x++) {
      let sum = 0;
      for (let k = 0; k <= 2 * RADIUS; k++) sum += window1d[k]! * rows[(y + k) * innerWidth + x]!;
      inside[y * innerWidth + x] = sum;
    }
  }
  return inside;
}

function planeOf(picture: Picture, channel: number): Float64Array {
  return Float64Array.from({ length: picture.height * picture.width }, (_, i) => picture.data[i * picture.channels + channel]!);
}

function ssimOfPlanes(a: Float64Array, b: Float64Array, height: number, width: number): number {
  const blurred = (plane: Float64Array) => blurInside(plane, height, width);
  const meanA = blurred(a);
  const meanB = blurred(b);
  const squareA = blurred(a.map((value) => value * value));
  const squareB = blurred(b.map((value) => value * value));
  const product = blurred(a.map((value, i) => value * b[i]!));
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const [ma, mb] = [meanA[i]!, meanB[i]!];
    const variances = squareA[i]! - ma * ma + squareB[i]! - mb * mb;
    const covariance = product[i]! - ma * mb;
    sum += ((2 * ma * mb + C1) * (2 * covariance + C2)) / ((ma * ma + mb * mb + C1) * (variances + C2));
  }
  return sum / meanA.length;
}

/**
 * Mean SSIM of two pictures with values in [0, 1], both sides at least 11 pixels: the mean over the pixels at which the whole
 * window lies inside, then over channels. As scikit-image's `structural_similarity(gaussian_weights=True, sigma=1.5,
 * use_sample_covariance=False, data_range=1, channel_axis=2)`.
 */
export function ssim(a: Picture, b: Picture): number {
  let sum = 0;
  for (let channel = 0; channel < a.channels; channel++) {
    sum += ssimOfPlanes(planeOf(a, channel), planeOf(b, channel), a.height, a.width);
  }
  return sum / a.channels;
}
