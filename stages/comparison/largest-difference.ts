import type { NumericDifference } from '../../pipeline/catalog.ts';

export type Values = Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * The largest absolute difference of two arrays, and the largest relative to the larger of the two values; with what is
 * known of `before`. Two NaNs are equal; NaN and a number are infinitely apart. Undefined where the lengths differ.
 */
export function largestOf(left: Values, right: Values, before?: NumericDifference): NumericDifference | undefined {
  if (left.length !== right.length) return undefined;
  let [absolute, relative, differing] = [before?.absolute ?? 0, before?.relative ?? 0, before?.differing ?? 0];
  for (let index = 0; index < left.length; index += 1) {
    const [a, b] = [left[index]!, right[index]!];
    if (Object.is(a, b) || a === b) continue;
    differing += 1;
    const apart = Math.abs(a - b);
    const known = Number.isFinite(apart);
    absolute = Math.max(absolute, known ? apart : Infinity);
    relative = Math.max(relative, known ? apart / Math.max(Math.abs(a), Math.abs(b)) : Infinity);
  }
  return { absolute, relative, differing, values: (before?.values ?? 0) + left.length };
}
