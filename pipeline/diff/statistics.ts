/**
 * Mean, spread, and a paired test for the few seeds that people can afford: the exact sign-flip (permutation) test of
 * Fisher, The Design of Experiments (1935), section 21. Had the two settings the same effect, each seed's difference
 * could as well have had the other sign; p is the share of all sign patterns whose sum is at least as far from 0.
 * It assumes no distribution, and so cannot give a p below 2 / 2^n with n pairs: with fewer than 6 nothing is below 0.05.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The sample standard deviation (divided by n − 1); undefined of fewer than two values. */
export function standardDeviation(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

/** Up to 2^16 patterns are all counted; of more pairs as many are drawn. */
const exactPairs = 16;
const drawn = 2 ** 16;
/** Sums of the same numbers in another order differ by rounding. */
const rounding = 1e-9;

/** Two-sided p of paired differences; undefined of fewer than two. */
export function signFlipTest(differences: readonly number[]): number | undefined {
  const pairs = differences.length;
  if (pairs < 2 || !differences.every(Number.isFinite)) return undefined;
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  const least = observed - rounding * differences.reduce((sum, value) => sum + Math.abs(value), 0);
  const isAsFar = (signs: (pair: number) => boolean): boolean => Math.abs(differences.reduce((sum, value, pair) => sum + (signs(pair) ? value : -value), 0)) >= least;
  return pairs <= exactPairs ? exactShare(pairs, isAsFar) : drawnShare(isAsFar);
}

function exactShare(pairs: number, isAsFar: (signs: (pair: number) => boolean) => boolean): number {
  let count = 0;
  for (let pattern = 0; pattern < 2 ** pairs; pattern += 1) if (isAsFar((pair) => (pattern & (1 << pair)) !== 0)) count += 1;
  return count / 2 ** pairs;
}

/** With the pattern that was observed counted among them, so that p is never 0 (Phipson and Smyth 2010). */
function drawnShare(isAsFar: (signs: (pair: number) => boolean) => boolean): number {
  const random = xoroshiro128plus(1);
  let count = 1;
  for (let draw = 0; draw < drawn; draw += 1) if (isAsFar(() => random.next() < 0)) count += 1;
  return count / (drawn + 1);
}

/** No p of the test is below it. */
export const smallestP = (pairs: number): number => (pairs <= exactPairs ? 2 / 2 ** pairs : 1 / (drawn + 1));

/** What people call significant. */
export const significance = 0.05;

/** How many pairs are needed at least to find a p below {@link significance}. */
export const fewestPairs = 6;
