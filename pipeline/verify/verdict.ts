/** What a comparison means: equal, equal within rounding of another machine, or different. */
import type { NumericDifference } from '../catalog.ts';
import { largestDifference, type StageComparison } from './compare.ts';

export type Verdict =
  | { readonly verdict: 'equal' }
  /** On another machine, thread count or engine, with how far the numbers are apart at most. */
  | { readonly verdict: 'equal-within'; readonly numbers: NumericDifference }
  | { readonly verdict: 'differs'; readonly numbers?: NumericDifference };

/** `elsewhere`: whether something of the machine or the engine is not what it was. */
export function judge(comparison: StageComparison, elsewhere: boolean): Verdict {
  if (comparison.differing.length === 0) return { verdict: 'equal' };
  const numbers = largestDifference(comparison);
  if (numbers === undefined) return { verdict: 'differs' };
  return elsewhere && Number.isFinite(numbers.absolute) ? { verdict: 'equal-within', numbers } : { verdict: 'differs', numbers };
}
