/** How a stage of a run ended. */
import type { CacheEntry } from '../cache/cache.ts';
import type { Failure } from '../failure.ts';

export type StageOutcome =
  /** `figures`: what the stage last said of itself. `seconds`: how long making the outputs took, now or when they were cached. */
  | { readonly state: 'hit' | 'done'; readonly entry: CacheEntry; readonly reason: string; readonly seconds: number; readonly figures?: Readonly<Record<string, number>> }
  | { readonly state: 'failed' | 'interrupted'; readonly failure: Failure; readonly seconds: number }
  | { readonly state: 'skipped' };

export const succeeded = (outcome: StageOutcome): boolean => outcome.state === 'hit' || outcome.state === 'done';

/** A stage that stopped because it was asked to has not failed. */
export function unsuccessful(failure: Failure, stage: string, seconds: number): StageOutcome {
  const stopped = failure.code === 'interrupted' || failure.code === 'terminated';
  return { state: stopped ? 'interrupted' : 'failed', failure: { ...failure, stage }, seconds };
}
