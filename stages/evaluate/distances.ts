/**
 * The distances of sets of pictures to a set of real ones. They are measured across halves: from every second picture of one set
 * to the others of the other, both ways. So no scene is on both sides where the sets are paired (a copy of the input would come
 * out nearer to the truth than real images are to each other). SWD and texture are the larger the fewer pictures they are of: a
 * perfect translation scores what the floor does, one half of the real images to the other, only where both sets have as many
 * pictures. `run` sees to that.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tf } from '../engine/tf.ts';
import { randomStream } from '../random.ts';
import type { Distances } from './evaluation.ts';
import type { Measured, MeasuredSet } from './measured-set.ts';
import { randomDirections } from './metrics/directions.ts';
import { frechetDistance, gaussianOf } from './metrics/frechet-distance.ts';
import { kernelDistance, kernelSet, type KernelSet } from './metrics/kernel-distance.ts';
import { DIRECTIONS, slicedWasserstein } from './metrics/sliced-wasserstein.ts';
import { projections, textureDistance } from './metrics/texture-distance.ts';

export interface DistanceOptions {
  readonly tf: Tf;
  /** Of the directions. */
  readonly seed: number;
  /** Along which the texture distance compares patches. */
  readonly textureDirections: number;
  /** Whether to measure FID too: where the features are of a network that the user named. */
  readonly frechet: boolean;
  readonly stopped: () => boolean;
}

export interface DistancesAcross {
  readonly floor: Distances;
  /** Of each set, in their order. */
  readonly sets: readonly Distances[];
}

/**
 * The distances of each of `sets` to `truth` across halves, the mean of both ways; undefined where it was stopped. FID alone is
 * of all pictures to all, as everybody measures it: it depends on their number, so it has no floor here.
 */
export async function distancesAcross(truth: MeasuredSet, sets: readonly MeasuredSet[], options: DistanceOptions): Promise<DistancesAcross | undefined> {
  const there = await distancesTo(truth.odd, [...sets, truth].map(({ even }) => even), options);
  const back = there && (await distancesTo(truth.even, sets.map(({ odd }) => odd), options));
  if (!back) return undefined;
  const fids = options.frechet ? await frechetDistances(truth, sets, options) : [];
  if (!fids) return undefined;
  return { floor: there.at(-1)!, sets: sets.map((_, i) => ({ ...meanOf(there[i]!, back[i]!), ...(fids[i] !== undefined && { fid: fids[i] }) })) };
}

async function frechetDistances(truth: MeasuredSet, sets: readonly MeasuredSet[], { stopped }: DistanceOptions): Promise<number[] | undefined> {
  const real = gaussianOf(truth.features);
  const found: number[] = [];
  for (const { features } of sets) {
    await nextTurn();
    if (stopped()) return undefined;
    found.push(frechetDistance(gaussianOf(features), real));
  }
  return found;
}

/** Of paired sets both ways are all but the same measurement, so the error of their mean is not taken to be smaller. */
function meanOf(a: Distances, b: Distances): Distances {
  const mean = (one: number, other: number) => (one + other) / 2;
  return {
    swd: mean(a.swd, b.swd),
    swd_levels: a.swd_levels.map((value, i) => mean(value, b.swd_levels[i]!)),
    ...(a.kid !== undefined && b.kid !== undefined && { kid: mean(a.kid, b.kid) }),
    ...(a.kid_error !== undefined && b.kid_error !== undefined && { kid_error: mean(a.kid_error, b.kid_error) }),
    texture_distance: mean(a.texture_distance, b.texture_distance),
  };
}

/** The distances of each of `others` to `truth`, all pictures to all; undefined where it was stopped. Equal calls give equal numbers. */
export async function distancesTo(truth: Measured, others: readonly Measured[], options: DistanceOptions): Promise<Distances[] | undefined> {
  const levels = await slicedDistances(truth, others, options);
  if (!levels) return undefined;
  const directions = projections(options.textureDirections, randomStream(options.seed, 'evaluate directions').normal);
  const texture = truth.patches.along(directions);
  const kernels = await kernelSet(truth.features);
  const distances: Distances[] = [];
  for (const [i, other] of others.entries()) {
    // Seconds of arithmetic: let signals and the progress bar in.
    await nextTurn();
    if (options.stopped()) return undefined;
    const swd_levels = levels.map((level) => level[i]!);
    distances.push({
      swd: swd_levels.reduce((sum, value) => sum + value, 0) / swd_levels.length,
      swd_levels,
      ...(await kernelDistances(kernels, other)),
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

async function kernelDistances(truth: KernelSet, { features }: Measured): Promise<Pick<Distances, 'kid' | 'kid_error'>> {
  const estimate = await kernelDistance(await kernelSet(features), truth);
  if (!estimate) return {};
  const { value, standardError } = estimate;
  return { kid: 1000 * value, ...(standardError !== undefined && { kid_error: 1000 * standardError }) };
}
