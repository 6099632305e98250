/**
 * The sliced Wasserstein distance between two sets of images (Karras et al. 2018, "Progressive Growing of GANs", section 5):
 * on each level of the Laplacian pyramid, 7×7 patches, normalised per channel over their set, are projected onto random
 * directions; the distance is the mean over the directions of the Wasserstein-1 distance of the projections. Times 1000.
 */
import type { Tf } from '../../engine/tf.ts';
import type { Descriptors } from './patch-descriptors.ts';
import { sortNumbers, wasserstein } from './wasserstein.ts';

/** Random directions (ibid.). */
export const DIRECTIONS = 512;

/** Directions that are projected at once: bounds the memory of the projections to 64 × 4 bytes a patch. */
const AT_ONCE = 64;

/** The distances ×1000 of one level's descriptors to those of other sets, in their order. */
export async function slicedWasserstein(tf: Tf, one: Descriptors, others: readonly Descriptors[], directions: readonly Float32Array[]): Promise<number[]> {
  const sums = others.map(() => 0);
  const [from, to] = [normalized(one), others.map(normalized)];
  for (let first = 0; first < directions.length; first += AT_ONCE) {
    const some = directions.slice(first, first + AT_ONCE);
    const sorted = await project(tf, from, some);
    for (const [i, other] of to.entries()) {
      const components = await project(tf, other, some);
      for (const [k, values] of components.entries()) sums[i]! += wasserstein(sorted[k]!, values);
    }
  }
  return sums.map((sum) => (1000 * sum) / directions.length);
}

/** Mean 0 and standard deviation 1 in each channel, over all patches and places; a channel without contrast stays 0. */
function normalized({ values, channels, ...shape }: Descriptors): Descriptors {
  const result = new Float32Array(values.length);
  for (let channel = 0; channel < channels; channel++) {
    const { mean, deviation } = momentsOf(values, channel, channels);
    for (let i = channel; i < values.length; i += channels) result[i] = deviation > 0 ? (values[i]! - mean) / deviation : 0;
  }
  return { ...shape, channels, values: result };
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

/** For each direction the descriptors' components along it, sorted. */
async function project(tf: Tf, { count, dimensions, values }: Descriptors, directions: readonly Float32Array[]): Promise<Float32Array[]> {
  const product = tf.tidy(() => {
    const along = new Float32Array(directions.length * dimensions);
    directions.forEach((direction, i) => along.set(direction, i * dimensions));
    return tf.matMul(tf.tensor2d(along, [directions.length, dimensions]), tf.tensor2d(values, [count, dimensions]), false, true);
  });
  const components = await product.data<'float32'>();
  product.dispose();
  return directions.map((_, i) => sortNumbers(components.slice(i * count, (i + 1) * count)));
}
