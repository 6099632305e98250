/** Plain figures of images `[height, width, channels]`, row-major. */

/** Weights of red, green and blue (ITU-R BT.601); of other than three channels the mean. */
const rec601 = [0.299, 0.587, 0.114];

/** One value a pixel. */
export function luminance(image: Float32Array, channels: number): Float32Array {
  const weights = channels === 3 ? rec601 : Array.from({ length: channels }, () => 1 / channels);
  return Float32Array.from({ length: image.length / channels }, (_, pixel) => weights.reduce((sum, weight, channel) => sum + weight * image[pixel * channels + channel]!, 0));
}

/** One value a pixel. */
export function channelOf(image: Float32Array, channel: number, channels: number): Float32Array {
  return Float32Array.from({ length: image.length / channels }, (_, pixel) => image[pixel * channels + channel]!);
}

/** Pearson's coefficient, in [-1, 1]; 0 where either is constant. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [covariance, varianceA, varianceB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    covariance += x * y;
    varianceA += x * x;
    varianceB += y * y;
  }
  const scale = Math.sqrt(varianceA * varianceB);
  return scale > 0 ? covariance / scale : 0;
}

/** Root mean square of the difference. */
export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0) / a.length);
}

/** Root mean square of the distance from the image's own mean colour. */
export function contrast(image: Float32Array, channels: number): number {
  return Math.sqrt(meanOverChannels(image, channels, (difference) => difference ** 2));
}

/** Mean |distance| from the image's own mean colour. */
export function deviationFromOwnColour(image: Float32Array, channels: number): number {
  return meanOverChannels(image, channels, Math.abs);
}

function meanOverChannels(image: Float32Array, channels: number, of: (difference: number) => number): number {
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) {
    const values = channelOf(image, channel, channels);
    const centre = mean(values);
    for (const value of values) sum += of(value - centre);
  }
  return sum / image.length;
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
