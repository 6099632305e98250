/**
 * The sliced Wasserstein distance between two sets of images (Karras et al. 2018, "Progressive Growing of GANs", section 5):
 * on each level of the Laplacian pyramid, 7×7 patches, normalised per channel over their set, are projected onto random
 * directions; the distance is the mean over the directions of the Wasserstein-1 distance of the projections. Times 1000.
 */
import type { Tensor2D, Tf } from '../../engine/tf.ts';
import type { Descriptors } from './patch-descriptors.ts';
import { sortNumbers, wasserstein } from './wasserstein.ts';

/** Random directions (ibid.). */
export const DIRECTIONS = 512;

/** Directions that are projected at once: bounds the memory of the projections to 64 × 4 bytes a patch. */
const AT_ONCE = 64;

/** The distances ×1000 of one level's descriptors to those of other sets, in their order. */
export async function slicedWasserstein(tf: Tf, one: Descriptors, others: readonly Descriptors[], directions: readonly Float32Array[]): Promise<number[]> {
  const sums = others.map(() => 0);
  const columns = [one, ...others].map((descriptors) => normalizedColumns(tf, descriptors));
  for (let first = 0; first < directions.length; first += AT_ONCE) {
    const some = directions.slice(first, first + AT_ONCE);
    const [from, ...to] = columns;
    const sorted = await project(tf, from!, some);
    for (const [i, other] of to.entries()) {
      const components = await project(tf, other, some);
      for (const [k, values] of components.entries()) sums[i]! += wasserstein(sorted[k]!, values);
    }
  }
  tf.dispose(columns);
  return sums.map((sum) => (1000 * sum) / directions.length);
}

/**
 * The descriptors as columns, `[dimensions, count]`: mean 0 and standard deviation 1 in each channel, over all patches and
 * places. A channel without contrast stays 0. Columns, because the wasm engine is slow at transposed products.
 */
function normalizedColumns(tf: Tf, { values, channels, count, dimensions }: Descriptors): Tensor2D {
  const columns = new Float32Array(values.length);
  for (let channel = 0; channel < channels; channel++) {
    const { mean, deviation } = momentsOf(values, channel, channels);
    if (deviation === 0) continue;
    for (let dimension = channel; dimension < dimensions; dimension += channels) {
      for (let i = 0; i < count; i++) columns[dimension * count + i] = (values[i * dimensions + dimension]! - mean) / deviation;
    }
  }
  return tf.tensor2d(columns, [dimensions, count]);
}

function momentsOf(values: Float32Array, first: number, step: number) {
  const count = values.length / step;
  let sum = 0;
  for (let i = first; i < values.length; i += step) sum += values[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = first; i < values.length; i += step) squares += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
}

/** For each direction the components along it, sorted. */
async function project(tf: Tf, columns: Tensor2D, directions: readonly Float32Array[]): Promise<Float32Array[]> {
  const [dimensions, count] = columns.shape;
  const along = new Float32Array(directions.length * dimensions);
  directions.forEach((direction, i) => along.set(direction, i * dimensions));
  const product = tf.tidy(() => tf.matMul(tf.tensor2d(along, [directions.length, dimensions]), columns));
  const components = await product.data<'float32'>();
  product.dispose();
  return directions.map((_, i) => sortNumbers(components.slice(i * count, (i + 1) * count)));
}
