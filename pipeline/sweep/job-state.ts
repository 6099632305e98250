/**
 * How far a job is: what it wrote of itself, and only where that says nothing final, what the executor sees. A job that
 * said it was running and is seen nowhere any more was interrupted.
 */
import { livenessOf, parseOwnerName } from '../cache/owner.ts';
import type { ObservedState } from './executor.ts';
import type { JobResult } from './job.ts';

/** waiting: not begun. skipped: something that it comes after did not end well. */
export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'interrupted' | 'skipped';

export const hasEnded = (state: JobState): boolean => state !== 'waiting' && state !== 'running';

/** `identity`: of the job's description; undefined: any. `observed`: undefined where no executor was asked; then a job that wrote `running` on another machine counts as running. */
export async function jobState(result: JobResult | undefined, identity: string | undefined, observed: ObservedState | undefined): Promise<JobState> {
  const own = identity === undefined || result?.identity === identity ? result : undefined;
  if (own === undefined) return observed === 'running' ? 'running' : 'waiting';
  if (own.state !== 'running') return own.state;
  const owner = parseOwnerName(own.process.owner);
  const liveness = owner === undefined ? 'elsewhere' : await livenessOf(owner);
  if (liveness !== 'elsewhere') return liveness === 'alive' ? 'running' : interruptedUnless(observed);
  return observed === 'ended' || observed === 'unknown' ? 'interrupted' : 'running';
}

/** The executor may have put it back into its queue (Slurm, after a preemption or a node's death). */
const interruptedUnless = (observed: ObservedState | undefined): JobState =>
  (observed === 'waiting' ? 'waiting' : observed === 'running' ? 'running' : 'interrupted');
