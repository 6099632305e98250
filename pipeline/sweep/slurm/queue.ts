/** What Slurm has of a sweep now. */
import { ok, type Result } from '../../failure.ts';
import type { ObservedState } from '../executor.ts';
import { runSlurm } from './commands.ts';
import { parseQueue, queueEnvironment, queueFormat, type QueuedTask } from './queue-state.ts';
import type { Submission } from './submission.ts';

/** The tasks of a submission by index: those that Slurm still knows, which it does for a while after they have ended. */
export type Queue = ReadonlyMap<string, ReadonlyMap<number, QueuedTask>>;

export async function readQueue(submissions: readonly Submission[]): Promise<Result<Queue>> {
  if (submissions.length === 0) return ok(new Map());
  const users = [...new Set(submissions.map(({ user }) => user))];
  const names = submissions.map(({ name }) => name);
  const printed = await runSlurm('squeue', ['--noheader', '--states=all', `--user=${users.join(',')}`, `--name=${names.join(',')}`, `--format=${queueFormat}`], queueEnvironment);
  if (!printed.ok) return printed;
  const queue = new Map<string, Map<number, QueuedTask>>();
  for (const task of parseQueue(printed.value)) queue.set(task.name, (queue.get(task.name) ?? new Map<number, QueuedTask>()).set(task.index, task));
  return ok(queue);
}

/** One job as Slurm sees it. */
export interface SlurmJob {
  readonly state: ObservedState;
  /** Absent where Slurm no longer knows it. */
  readonly task?: QueuedTask;
}

const rank: Readonly<Record<ObservedState, number>> = { running: 3, waiting: 2, ended: 1, unknown: 0 };

/** Every job of the submissions, the oldest of which comes first. One that was submitted again lives if any of its tasks does; else the last counts. */
export function jobsIn(submissions: readonly Submission[], queue: Queue): ReadonlyMap<string, SlurmJob> {
  const jobs = new Map<string, SlurmJob>();
  for (const { name, jobs: ofArray } of submissions) {
    for (const [index, job] of ofArray.entries()) {
      const now = slurmJob(queue.get(name)?.get(index));
      const before = jobs.get(job);
      if (before === undefined || !lives(before) || rank[now.state] > rank[before.state]) jobs.set(job, now);
    }
  }
  return jobs;
}

const slurmJob = (task: QueuedTask | undefined): SlurmJob => (task === undefined ? { state: 'unknown' } : { state: task.state, task });

/** All that Slurm has of a submission waits until someone releases it. */
export const isHeld = (tasks: ReadonlyMap<number, QueuedTask> | undefined): boolean => tasks !== undefined && [...tasks.values()].every(({ held }) => held);

export const lives = (job: SlurmJob | undefined): boolean => job?.state === 'running' || job?.state === 'waiting';
