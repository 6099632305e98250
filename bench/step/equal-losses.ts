/** Whether a peer does our work: from the same weights and images it must compute the same. */
import type { Precision } from './peers.ts';

export type Values = Readonly<Record<string, number>>;

/**
 * How far the values of a first step may be from what we compute in float32: |value − expected| at most `share` of the
 * larger of |expected| and `least`. Convolutions that sum in another order differ by some 1e-4; bfloat16 keeps 8 bits,
 * which a loss near 0 (a discriminator that is sure) shows many times over. A wrong layer or loss is off by far more.
 */
export const tolerance: Readonly<Record<Precision, { readonly share: number; readonly least: number }>> = {
  float32: { share: 1e-3, least: 0 },
  bfloat16: { share: 0.1, least: 1e-3 },
};

/** The largest |value − expected| as a share of the larger of |expected| and `least`; infinite where names or numbers are missing. */
export function largestDifference(values: Values, expected: Values, least = 0): number {
  const names = Object.keys(expected);
  if (names.length !== Object.keys(values).length) return Infinity;
  return names.reduce((largest, name) => {
    const difference = Math.abs((values[name] ?? NaN) - expected[name]!) / Math.max(Math.abs(expected[name]!), least);
    return Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }, 0);
}
