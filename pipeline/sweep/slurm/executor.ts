/** Slurm as an executor: jobs are handed to sbatch, asked after by squeue and ended by scancel. They go on without us. */
import { ok, type Result } from '../../failure.ts';
import type { Executor, ExecutorContext, ObservedState, SubmittedJob } from '../executor.ts';
import { readJobResult } from '../job.ts';
import { runSlurm } from './commands.ts';
import { isHeld, jobsIn, lives, readQueue, type Queue, type SlurmJob } from './queue.ts';
import { explainTask, isNotable } from './queue-state.ts';
import type { SlurmSettings } from './settings.ts';
import { isDone, submitJobs } from './submit.ts';
import { readSubmissions, type Submission } from './submission.ts';
import { groupBy, taskList } from './task-list.ts';
import { Throttle } from './throttle.ts';

interface Look {
  readonly submissions: readonly Submission[];
  readonly queue: Queue;
}

/** Milliseconds after which the controller has surely saved what it was told; it saves every five seconds. */
const saved = 10_000;

export class SlurmExecutor implements Executor {
  readonly outlives = true;
  readonly #context: ExecutorContext;
  readonly #settings: SlurmSettings;
  readonly #throttle: Throttle;
  /** What this process has handed over: one that only looks changes nothing. */
  readonly #handed = new Map<string, SubmittedJob>();
  #handsOverSince: string | undefined;
  /** Submissions that were seen released once that was saved: if they are held later, a person has held them. */
  readonly #lasting = new Set<string>();
  readonly #told = new Set<string>();
  /** When a job was first seen to have ended without a result, in milliseconds of this process. */
  readonly #endedAt = new Map<string, number>();

  constructor(context: ExecutorContext, settings: SlurmSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#throttle = new Throttle(context.jobs ?? settings.max_concurrent);
  }

  async submit(jobs: readonly SubmittedJob[]): Promise<Result<void>> {
    this.#handsOverSince ??= new Date().toISOString();
    const submitted = await submitJobs({ context: this.#context, settings: this.#settings }, jobs);
    if (submitted.ok) for (const job of jobs) this.#handed.set(job.job, job);
    return submitted;
  }

  async observe(): Promise<Result<ReadonlyMap<string, ObservedState>>> {
    const first = await this.#look();
    if (!first.ok) return first;
    const forgotten = this.#forgotten(first.value);
    const again = await this.#handOverAgain(forgotten);
    if (!again.ok) return again;
    const now = again.value ? await this.#look() : first;
    if (!now.ok) return now;
    if (this.#handed.size > 0 && now.value.submissions.length > 1) await this.#throttle.spread(now.value.submissions, now.value.queue);
    return ok(await this.#states(now.value, again.value ? [] : forgotten));
  }

  /** Running jobs get SIGTERM, and a while later (the cluster's KillWait) SIGKILL. */
  async cancel(names?: readonly string[]): Promise<Result<void>> {
    const look = await this.#look();
    if (!look.ok) return look;
    const jobs = jobsIn(look.value.submissions, look.value.queue);
    const chosen = names === undefined ? undefined : new Set(names);
    const tasks = [...jobs].flatMap(([job, each]) => (each.task !== undefined && lives(each) && chosen?.has(job) !== false ? [each.task] : []));
    if (tasks.length === 0) return ok(undefined);
    const lists = groupBy(tasks, ({ array }) => String(array)).map((group) => taskList(group[0]!.array, group.map(({ index }) => index)));
    const cancelled = await runSlurm('scancel', ['--quiet', ...lists]);
    return cancelled.ok ? ok(undefined) : cancelled;
  }

  async #look(): Promise<Result<Look>> {
    const submissions = await readSubmissions(this.#context.folder);
    if (!submissions.ok) return submissions;
    const queue = await readQueue(submissions.value);
    return queue.ok ? ok({ submissions: submissions.value, queue: queue.value }) : queue;
  }

  /** Submissions that are held as a whole, though they were released or their submitter is gone: see `takeBackHeld` in submit.ts. */
  #forgotten({ submissions, queue }: Look): readonly Submission[] {
    return submissions.filter(({ name, submittedAt }) => {
      if (isHeld(queue.get(name))) return this.#handsOverSince === undefined || (submittedAt >= this.#handsOverSince && !this.#lasting.has(name));
      if (Date.now() - Date.parse(submittedAt) > saved) this.#lasting.add(name);
      return false;
    });
  }

  /** Whether anything was: by the process that had handed it over. Another one says of it `unknown`, and is given it again. */
  async #handOverAgain(forgotten: readonly Submission[]): Promise<Result<boolean>> {
    const jobs: SubmittedJob[] = [];
    for (const job of forgotten.flatMap((submission) => submission.jobs)) {
      const handed = this.#handed.get(job);
      if (handed !== undefined && !(await isDone(this.#context.folder, job))) jobs.push(handed);
    }
    if (jobs.length === 0) return ok(false);
    this.#context.say('Slurm has forgotten what these jobs wait for: they are handed over again');
    const submitted = await submitJobs({ context: this.#context, settings: this.#settings }, jobs);
    return submitted.ok ? ok(true) : submitted;
  }

  async #states({ submissions, queue }: Look, forgotten: readonly Submission[]): Promise<ReadonlyMap<string, ObservedState>> {
    const nobodys = new Set(forgotten.flatMap(({ jobs }) => jobs));
    const states = new Map<string, ObservedState>();
    for (const [job, seen] of jobsIn(submissions, queue)) {
      this.#tell(job, seen);
      if (lives(seen)) this.#endedAt.delete(job);
      if (lives(seen)) states.set(job, seen.state === 'waiting' && nobodys.has(job) ? 'unknown' : seen.state);
      else states.set(job, (await this.#resultMayCome(job)) ? 'running' : seen.state);
    }
    return states;
  }

  /** What people have to mend, and what they would otherwise have to guess: once. */
  #tell(job: string, { task }: SlurmJob): void {
    if (task === undefined || !isNotable(task)) return;
    // Jobs wait by the thousand for one reason; they end each for its own.
    const about = task.state === 'waiting' ? task.reason : job;
    if (!this.#told.has(about)) this.#context.say(`Slurm says of ${job}: ${explainTask(task)}`);
    this.#told.add(about);
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
