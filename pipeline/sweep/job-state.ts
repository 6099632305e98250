/**
 * How far a job is: what it wrote of itself, unless the executor has it, again or still. A job that said it was running and
 * is seen nowhere any more was interrupted.
 */
import { livenessOf, parseOwnerName, type Liveness } from '../cache/owner.ts';
import type { ObservedState } from './executor.ts';
import type { JobResult } from './job.ts';

/** waiting: not begun. skipped: something that it comes after did not end well. */
export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'interrupted' | 'skipped';

export const hasEnded = (state: JobState): boolean => state !== 'waiting' && state !== 'running';

/** `identity`: of the job's description; undefined: any. `observed`: undefined where no executor was asked; then a job that wrote `running` on another machine counts as running. */
export async function jobState(result: JobResult | undefined, identity: string | undefined, observed: ObservedState | undefined): Promise<JobState> {
  const own = identity === undefined || result?.identity === identity ? result : undefined;
  if (own?.state === 'done') return 'done';
  const liveness = own?.state === 'running' ? await livenessOfJob(own) : undefined;
  // Where the executor saw it end, it could not write how: the disk was full. Its process may live on, as that of a local sweep does.
  if (liveness === 'alive' && observed !== 'ended') return 'running';
  // The executor has it, perhaps again (Slurm puts back what was preempted, ran out of time or lost its node): what it wrote is past.
  if (observed === 'waiting' || observed === 'running') return observed;
  if (own === undefined) return 'waiting';
  if (own.state !== 'running') return own.state;
  return liveness === 'dead' || observed !== undefined ? 'interrupted' : 'running';
}

async function livenessOfJob({ process: { owner } }: JobResult): Promise<Liveness> {
  const parsed = parseOwnerName(owner);
  return parsed === undefined ? 'elsewhere' : livenessOf(parsed);
}
