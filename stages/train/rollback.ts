/**
 * on_nan: rollback. Training goes back to the last regular checkpoint (one that checkpoint_every asks for, never one that
 * Ctrl-C made) and on from there at half the learning rate. So what it ends with depends on checkpoint_every, but not on
 * where it was interrupted: whoever continues from before a rollback meets the same NaN again, and goes back to the same place.
 */
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { OnNan } from './params.ts';
import { divergedFailure } from './divergence.ts';
import type { Divergence, LastGood } from './divergence.ts';

export interface Rollback {
  /** The iteration (counted from 1) after which something was not finite. */
  readonly iteration: number;
  /** The loss term or weight that was not. */
  readonly term: string;
  /** The iteration of the checkpoint that training went back to; 0 is the initial state. */
  readonly to: number;
}

export const rollbacksAtMost = 3;

/** The learning rate after `rollbacks` is this times the schedule's. */
export const learningRateFactor = (rollbacks: readonly Rollback[]): number => 0.5 ** rollbacks.length;

/** What comes of a divergence: one rollback more, to iteration `to`; or the stage's failure, where `on_nan` or their number wants it. */
export function rollBack(divergence: Divergence, rollbacks: readonly Rollback[], to: number, onNan: OnNan, lastGood: LastGood): Result<readonly Rollback[]> {
  if (onNan === 'stop') return divergedFailure(divergence, lastGood, ['on_nan: rollback']);
  if (rollbacks.length >= rollbacksAtMost) {
    const before = rollbacks.map(({ iteration }) => iteration).join(', ');
    return divergedFailure({ ...divergence, message: `${divergence.message}, after ${rollbacksAtMost} rollbacks (from iterations ${before})` }, lastGood);
  }
  return ok([...rollbacks, { iteration: divergence.iteration, term: divergence.term, to }]);
}
