/**
 * The kernel distance of two sets of features, Bińkowski et al. 2018 ("Demystifying MMD GANs", section 4: KID where the features
 * are Inception's): the unbiased estimate of the squared maximum mean discrepancy with the kernel (xᵀy/d + 1)³, d the features'
 * dimensions. Unbiased means that it is 0 on average for two samples of one distribution, so it can be negative.
 *
 * The estimate is over all images, however many: the subsets of 1,000 that the authors take overlap in a test set of little more,
 * so that their spread says too little about the error.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Rows of features, one an image. */
export type Features = readonly Float32Array[];

export interface Estimate {
  readonly value: number;
  /** By the jackknife, each image of either set left out once. Undefined where a set has fewer than 3 images. */
  readonly standardError?: number;
}

/** A set and, for each of its rows, the sum of the kernel with the others: the same beside whatever it is compared with. */
export interface KernelSet {
  readonly features: Features;
  readonly sums: Float64Array;
}

/** Multiplications between two turns of the event loop: some 0.1 s, so that signals and the progress bar come in. */
const PRODUCTS_A_TURN = 1 << 26;

export async function kernelSet(features: Features): Promise<KernelSet> {
  const sums = new Float64Array(features.length);
  for await (const i of slowly(features, features)) {
    for (let j = 0; j < i; j++) {
      const value = kernel(features[i]!, features[j]!);
      sums[i]! += value;
      sums[j]! += value;
    }
  }
  return { features, sums };
}

/** The distance of two sets; undefined where one has fewer than 2 images. Equation 4 of Gretton et al. 2012 without the diagonals. */
export async function kernelDistance(a: KernelSet, b: KernelSet): Promise<Estimate | undefined> {
  const [m, n] = [a.features.length, b.features.length];
  if (Math.min(m, n) < 2) return undefined;
  const across = await sumsAcross(a.features, b.features);
  const [sumA, sumB, sumAB] = [sum(a.sums), sum(b.sums), sum(across.a)];
  const value = sumA / (m * (m - 1)) + sumB / (n * (n - 1)) - (2 * sumAB) / (m * n);
  if (Math.min(m, n) < 3) return { value };
  const withoutA = Array.from(across.a, (row, i) =>
    (sumA - 2 * a.sums[i]!) / ((m - 1) * (m - 2)) + sumB / (n * (n - 1)) - (2 * (sumAB - row)) / ((m - 1) * n));
  const withoutB = Array.from(across.b, (row, i) =>
    sumA / (m * (m - 1)) + (sumB - 2 * b.sums[i]!) / ((n - 1) * (n - 2)) - (2 * (sumAB - row)) / (m * (n - 1)));
  return { value, standardError: Math.sqrt(jackknifeVariance(withoutA) + jackknifeVariance(withoutB)) };
}

/** For each row of either set, the sum of its kernel with the rows of the other. */
async function sumsAcross(a: Features, b: Features): Promise<Readonly<Record<'a' | 'b', Float64Array>>> {
  const sums = { a: new Float64Array(a.length), b: new Float64Array(b.length) };
  for await (const i of slowly(a, b)) {
    for (let j = 0; j < b.length; j++) {
      const value = kernel(a[i]!, b[j]!);
      sums.a[i]! += value;
      sums.b[j]! += value;
    }
  }
  return sums;
}

/** The indices of `rows`, each to be compared with all of `others`; the event loop has its turn now and then. */
async function* slowly(rows: Features, others: Features): AsyncGenerator<number> {
  const atOnce = Math.max(1, Math.floor(PRODUCTS_A_TURN / Math.max(1, others.length * (rows[0]?.length ?? 0))));
  for (let i = 0; i < rows.length; i++) {
    if (i % atOnce === 0) await nextTurn();
    yield i;
  }
}

/** (n − 1)/n · Σ (θᵢ − mean θ)², θᵢ the estimate without image i (Efron and Stein 1981). */
function jackknifeVariance(estimates: readonly number[]): number {
  const middle = mean(estimates);
  return ((estimates.length - 1) / estimates.length) * estimates.reduce((total, one) => total + (one - middle) ** 2, 0);
}

function kernel(a: Float32Array, b: Float32Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * b[i]!;
  return (product / a.length + 1) ** 3;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
