/** How long a run took. */
import type { RunBrief } from './brief-runs.ts';

/**
 * Seconds that it took to make what the run has. A record's own seconds are those of its last execution; a repeat, or a run
 * of which all was cached, takes none. So stages that were taken from the cache count with the time in which they were made.
 * Undefined while it runs, or where nothing is known.
 */
export function timeTaken({ state, seconds, stages }: Pick<RunBrief, 'state' | 'seconds' | 'stages'>): number | undefined {
  if (state === 'running' || seconds === undefined) return undefined;
  const all = Object.values(stages);
  if (!all.some((stage) => stage.state === 'hit')) return seconds;
  return Math.max(seconds, all.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0));
}
