/** What a sampled value is drawn from. */

/** uniform and loguniform: real numbers from `min` to `max`. integers: whole numbers, both ends included. */
export interface Distribution {
  readonly kind: 'uniform' | 'loguniform' | 'integers';
  readonly min: number;
  readonly max: number;
}

/** Sampled numbers have so many digits: enough to search with, few enough to type again. */
const digits = 4;

/** The value below which the share `u` (0 ≤ u < 1) of all lie. */
export function quantile({ kind, min, max }: Distribution, u: number): number {
  switch (kind) {
    case 'uniform': return rounded(min + u * (max - min), min, max);
    case 'loguniform': return rounded(min * (max / min) ** u, min, max);
    case 'integers': return Math.min(max, min + Math.floor(u * (max - min + 1)));
  }
}

/** Never out of the range. */
function rounded(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Number(value.toPrecision(digits))));
}
