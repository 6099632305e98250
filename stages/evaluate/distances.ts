/** The distances of sets of pictures to one set. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tf } from '../engine/tf.ts';
import { randomStream } from '../random.ts';
import type { Distances } from './evaluation.ts';
import type { Measured } from './measured-set.ts';
import { randomDirections } from './metrics/directions.ts';
import { frechetDistance } from './metrics/frechet-distance.ts';
import { kernelDistance } from './metrics/kernel-distance.ts';
import { DIRECTIONS, slicedWasserstein } from './metrics/sliced-wasserstein.ts';
import { projections, textureDistance } from './metrics/texture-distance.ts';

export interface DistanceOptions {
  readonly tf: Tf;
  /** Of the config. */
  readonly seed: number;
  /** Along which the texture distance compares patches. */
  readonly textureDirections: number;
  /** Whether the features are of a network that the user named: then the Fréchet distance is worth its name. */
  readonly frechet: boolean;
  readonly stopped: () => boolean;
}

/** The distances of each of `others` to `truth`, in order; undefined where it was stopped. Equal calls give equal numbers. */
export async function distancesTo(truth: Measured, others: readonly Measured[], options: DistanceOptions): Promise<Distances[] | undefined> {
  const levels = await slicedDistances(truth, others, options);
  if (!levels) return undefined;
  const directions = projections(options.textureDirections, randomStream(options.seed, 'evaluate directions').normal);
  const texture = truth.patches.along(directions);
  const distances: Distances[] = [];
  for (const [i, other] of others.entries()) {
    // Seconds of arithmetic: let signals and the progress bar in.
    await nextTurn();
    if (options.stopped()) return undefined;
    const swd_levels = levels.map((level) => level[i]!);
    distances.push({
      swd: swd_levels.reduce((sum, value) => sum + value, 0) / swd_levels.length,
      swd_levels,
      ...featureDistances(truth, other, options),
      texture_distance: textureDistance(other.patches.along(directions), texture),
    });
  }
  return distances;
}

/** For each level of the pyramid, the distance of each of `others`. */
async function slicedDistances(truth: Measured, others: readonly Measured[], { tf, seed, stopped }: DistanceOptions): Promise<number[][] | undefined> {
  const levels: number[][] = [];
  for (const [i, level] of truth.descriptors.entries()) {
    await nextTurn();
    if (stopped()) return undefined;
    const directions = randomDirections(DIRECTIONS, level.dimensions, randomStream(seed, `evaluate pyramid directions ${i}`).normal);
    levels.push(await slicedWasserstein(tf, level, others.map(({ descriptors }) => descriptors[i]!), directions));
  }
  return levels;
}

function featureDistances(truth: Measured, other: Measured, { seed, frechet }: DistanceOptions): Pick<Distances, 'kid' | 'kid_error' | 'fid'> {
  const estimate = kernelDistance(other.features, truth.features, randomStream(seed, 'evaluate subsets'));
  if (!estimate) return {};
  return {
    kid: 1000 * estimate.value,
    ...(estimate.standardError !== undefined && { kid_error: 1000 * estimate.standardError }),
    ...(frechet && { fid: frechetDistance(other.features, truth.features) }),
  };
}
