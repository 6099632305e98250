/**
 * The kernel distance of two sets of features, Bińkowski et al. 2018 ("Demystifying MMD GANs", section 4: KID where the features
 * are Inception's): the unbiased estimate of the squared maximum mean discrepancy with the kernel (xᵀy/d + 1)³, d the features'
 * dimensions. Unbiased means that it is 0 on average for two samples of one distribution, so it can be negative.
 */
import type { RandomStream } from '../../random.ts';

/** Rows of features, one an image. */
export type Features = readonly Float32Array[];

export interface Estimate {
  readonly value: number;
  /** Undefined where a set has fewer than 3 images. */
  readonly standardError?: number;
}

/** Sets of more images are compared by random subsets of this size, as the authors do. */
export const SUBSET_SIZE = 1000;
const SUBSETS = 10;

/**
 * The distance of two sets; undefined where one has fewer than 2 images. Up to 1,000 images: the estimate over all of them, its standard error by
 * the jackknife (each image left out once). More: the mean over 10 random subsets of 1,000, its standard error from theirs.
 */
export function kernelDistance(a: Features, b: Features, random: RandomStream, subsetSize = SUBSET_SIZE): Estimate | undefined {
  if (Math.min(a.length, b.length) < 2) return undefined;
  if (Math.max(a.length, b.length) <= subsetSize) return wholeDistance(a, b);
  const draw = (set: Features) => random.shuffle(set).slice(0, subsetSize);
  const values = Array.from({ length: SUBSETS }, () => wholeDistance(draw(a), draw(b)).value);
  const value = mean(values);
  const variance = values.reduce((sum, one) => sum + (one - value) ** 2, 0) / (SUBSETS - 1);
  return { value, standardError: Math.sqrt(variance / SUBSETS) };
}

/** The unbiased estimate over all images, equation 4 of Gretton et al. 2012 without the diagonals. */
function wholeDistance(a: Features, b: Features): Estimate {
  const [within, across] = [[rowSums(a, a, true), rowSums(b, b, true)] as const, rowSums(a, b, false)];
  const acrossB = rowSums(b, a, false);
  const [m, n] = [a.length, b.length];
  const [sumA, sumB, sumAB] = [sum(within[0]), sum(within[1]), sum(across)];
  const value = sumA / (m * (m - 1)) + sumB / (n * (n - 1)) - (2 * sumAB) / (m * n);
  if (Math.min(m, n) < 3) return { value };
  const withoutA = Array.from(across, (row, i) =>
    (sumA - 2 * within[0][i]!) / ((m - 1) * (m - 2)) + sumB / (n * (n - 1)) - (2 * (sumAB - row)) / ((m - 1) * n));
  const withoutB = Array.from(acrossB, (row, i) =>
    sumA / (m * (m - 1)) + (sumB - 2 * within[1][i]!) / ((n - 1) * (n - 2)) - (2 * (sumAB - row)) / (m * (n - 1)));
  return { value, standardError: Math.sqrt(jackknifeVariance(withoutA) + jackknifeVariance(withoutB)) };
}

/** (n − 1)/n · Σ (θᵢ − mean θ)², θᵢ the estimate without image i (Efron and Stein 1981). */
function jackknifeVariance(estimates: readonly number[]): number {
  const middle = mean(estimates);
  return ((estimates.length - 1) / estimates.length) * estimates.reduce((total, one) => total + (one - middle) ** 2, 0);
}

/** For each row of `a`, the sum of its kernel with the rows of `b`; of one set with itself, without its kernel with itself. */
function rowSums(a: Features, b: Features, same: boolean): Float64Array {
  return Float64Array.from(a, (row, i) => {
    let total = 0;
    for (let j = 0; j < b.length; j++) if (!same || i !== j) total += kernel(row, b[j]!);
    return total;
  });
}

function kernel(a: Float32Array, b: Float32Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * b[i]!;
  return (product / a.length + 1) ** 3;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
