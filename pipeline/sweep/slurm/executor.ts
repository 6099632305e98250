/** Slurm as an executor: jobs are handed to sbatch, asked after by squeue and ended by scancel. They go on without us. */
import { ok, type Result } from '../../failure.ts';
import type { Executor, ExecutorContext, ObservedState, SubmittedJob } from '../executor.ts';
import { runSlurm } from './commands.ts';
import { jobsIn, lives, readQueue, type SlurmJob } from './queue.ts';
import type { SlurmSettings } from './settings.ts';
import { readJobResult } from '../job.ts';
import { submitJobs } from './submit.ts';
import { readSubmissions } from './submission.ts';
import { groupBy, taskList } from './task-list.ts';
import { Throttle } from './throttle.ts';

export class SlurmExecutor implements Executor {
  readonly outlives = true;
  readonly #context: ExecutorContext;
  readonly #settings: SlurmSettings;
  /** When a job was first seen to have ended without a result, in milliseconds of this process. */
  readonly #endedAt = new Map<string, number>();
  readonly #throttle: Throttle;
  /** Whether this process hands jobs over: one that only looks changes nothing. */
  #submits = false;

  constructor(context: ExecutorContext, settings: SlurmSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#throttle = new Throttle(context.jobs ?? settings.max_concurrent);
  }

  async submit(jobs: readonly SubmittedJob[]): Promise<Result<void>> {
    const submitted = await submitJobs({ context: this.#context, settings: this.#settings }, jobs);
    this.#submits ||= submitted.ok;
    return submitted;
  }

  async observe(): Promise<Result<ReadonlyMap<string, ObservedState>>> {
    const jobs = await this.#jobs({ spread: this.#submits });
    if (!jobs.ok) return jobs;
    const states = new Map<string, ObservedState>();
    for (const [job, { state }] of jobs.value) {
      if (lives({ state })) this.#endedAt.delete(job);
      states.set(job, lives({ state }) || !(await this.#resultMayCome(job)) ? state : 'running');
    }
    return ok(states);
  }

  /** Running jobs get SIGTERM, and a while later (the cluster's KillWait) SIGKILL. */
  async cancel(names?: readonly string[]): Promise<Result<void>> {
    const jobs = await this.#jobs({ spread: false });
    if (!jobs.ok) return jobs;
    const chosen = names === undefined ? undefined : new Set(names);
    const tasks = [...jobs.value].flatMap(([job, each]) => (each.task !== undefined && lives(each) && chosen?.has(job) !== false ? [each.task] : []));
    if (tasks.length === 0) return ok(undefined);
    const lists = groupBy(tasks, ({ array }) => String(array)).map((group) => taskList(group[0]!.array, group.map(({ index }) => index)));
    const cancelled = await runSlurm('scancel', ['--quiet', ...lists]);
    return cancelled.ok ? ok(undefined) : cancelled;
  }

  async #jobs({ spread }: { readonly spread: boolean }): Promise<Result<ReadonlyMap<string, SlurmJob>>> {
    const submissions = await readSubmissions(this.#context.folder);
    if (!submissions.ok) return submissions;
    const queue = await readQueue(submissions.value);
    if (!queue.ok) return queue;
    if (spread && submissions.value.length > 1) await this.#throttle.spread(submissions.value, queue.value);
    return ok(jobsIn(submissions.value, queue.value));
  }

  /** What a job has written on its node may be seen here only after a while: until then it is not given up. */
  async #resultMayCome(job: string): Promise<boolean> {
    const now = performance.now();
    const since = this.#endedAt.get(job) ?? now;
    this.#endedAt.set(job, since);
    if (now - since >= this.#settings.file_delay * 1000) return false;
    const result = await readJobResult(this.#context.folder, job);
    return !result.ok || result.value === undefined || result.value.state === 'running';
  }
}
