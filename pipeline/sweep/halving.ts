/**
 * Which trials go on to the next rung. Synchronous (successive halving: Jamieson and Talwalkar 2016, algorithm 1): when all
 * of a rung have ended, the best 1/eta of those that began it. Asynchronous (ASHA: Li et al. 2020, algorithm 2): a trial as
 * soon as it is among the best 1/eta of those that have ended its rung. Both are decided anew from what has ended, so that
 * a sweep that was interrupted goes on as if it had not been.
 */
import type { JobState } from './job-state.ts';
import { hasEnded } from './job-state.ts';
import type { Halving } from './sweep-record.ts';

/** One trial, as far as it came: the state of each rung's job, and the metric of those that are done. */
export interface Climb {
  readonly states: readonly JobState[];
  readonly metrics: readonly (number | undefined)[];
}

/** For each trial the last rung (from 0) that it may work on. */
export function highestRungs(climbs: readonly Climb[], halving: Halving): readonly number[] {
  const reached = climbs.map(() => 0);
  for (let rung = 0; rung + 1 < halving.epochs.length; rung += 1) {
    const here = climbs.flatMap((climb, trial) => (reached[trial] === rung ? [{ trial, state: climb.states[rung]!, metric: climb.metrics[rung] }] : []));
    const done = here.filter(({ state, metric }) => state === 'done' && metric !== undefined);
    const promoted = halving.asynchronous
      ? best(done, Math.floor(done.length / halving.eta), halving)
      : here.every(({ state }) => hasEnded(state)) ? best(done, Math.max(1, Math.floor(here.length / halving.eta)), halving) : [];
    // Who once was among the best has gone on, even if others have come before it since.
    const gone = here.filter(({ trial }) => climbs[trial]!.states[rung + 1] !== 'waiting').map(({ trial }) => trial);
    for (const trial of new Set([...promoted, ...gone])) reached[trial] = rung + 1;
  }
  return reached;
}

/** Of equally good ones the first. */
function best(done: readonly { readonly trial: number; readonly metric: number | undefined }[], count: number, { goal }: Halving): readonly number[] {
  const sign = goal === 'max' ? -1 : 1;
  return [...done].sort((left, right) => sign * (left.metric! - right.metric!) || left.trial - right.trial).slice(0, count).map(({ trial }) => trial);
}
