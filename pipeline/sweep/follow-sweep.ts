/**
 * Brings a sweep to its end: hands its jobs to an executor, sees what becomes of them, decides who goes on. Everything is
 * decided from what stands in the sweep's folder, so that a sweep which was interrupted goes on with the same command.
 */
import { rm } from 'node:fs/promises';
import { fail, failed, ok, type Failure, type Result } from '../failure.ts';
import type { Changes } from './changes.ts';
import type { Executor, ObservedState } from './executor.ts';
import { jobResultFile } from './job.ts';
import { hasEnded } from './job-state.ts';
import { mainFiguresAtMost, type BoardJob, type SweepBoard } from './sweep-board.ts';
import type { SweepEvent, SweepReporter } from './sweep-events.ts';
import { mainFigures } from './trial-figures.ts';
import { writeTable } from './sweep-table.ts';

export interface Following {
  readonly folder: string;
  readonly board: SweepBoard;
  readonly executor: Executor;
  /** Milliseconds between two looks where the executor does not say that something has changed. */
  readonly observeEvery: number;
  readonly reporter: SweepReporter;
  readonly stop: AbortSignal;
  readonly changes: Changes;
  /** Hand everything over and do not wait. */
  readonly detach: boolean;
}

/** Whether the sweep is over: nothing of it runs, waits or would be begun. Failures: the executor's, and `sweep-metric-missing`. How the trials ended is on the board. */
export async function followSweep(following: Following): Promise<Result<boolean>> {
  return new Follower(following).follow();
}

const tableEvery = 2000;
const tableShare = 50;

class Follower {
  readonly #following: Following;
  readonly #submitted = new Set<string>();
  #observed = new Map<string, ObservedState>();
  /** Whether a job may have become permitted or free since jobs were handed over. */
  #mayHandOver = true;
  readonly #all: readonly BoardJob[];
  /** Of a job that is not over yet; looked for from here on. */
  #open = 0;
  #tableDue = -Infinity;
  /** That the executor does not answer. */
  #isTold = false;
  /** That the executor could not be given jobs, which it will be: `owed`; of that it was told: `told`. */
  readonly #handover = { owed: false, told: false };

  constructor(following: Following) {
    this.#following = following;
    this.#all = [...following.board.jobs];
  }

  async follow(): Promise<Result<boolean>> {
    const { board, stop, changes, observeEvery, executor, detach } = this.#following;
    const begun = await this.#begin();
    if (!begun.ok) return begun;
    const note = (): void => changes.note();
    stop.addEventListener('abort', note, { once: true });
    try {
      for (;;) {
        for (const job of board.markSkipped()) this.#ended(job);
        const missing = this.#metricMissing();
        if (missing !== undefined) return await this.#giveUp(missing);
        const submitted = await this.#submit();
        if (!submitted.ok) return submitted;
        if ((this.#isOver() && !this.#handover.owed) || detach || (stop.aborted && executor.outlives)) return ok(this.#isSettled());
        const looked = await this.#look(await changes.next(observeEvery));
        if (!looked.ok) return looked;
        await this.#writeTable(false);
      }
    } finally {
      stop.removeEventListener('abort', note);
      await this.#writeTable(true);
    }
  }

  /** What ended badly before is tried again: its result goes, unless it is being tried already. */
  async #begin(): Promise<Result<void>> {
    const { board, folder } = this.#following;
    const observed = await this.#observe();
    if (!observed.ok) return observed;
    for (const job of board.jobs) {
      const seen = this.#observed.get(job.job.job);
      await board.refresh(job.job.job, seen ?? 'unknown');
      const again = hasEnded(job.state) && job.state !== 'done' && seen !== 'waiting' && seen !== 'running';
      if (!again) continue;
      await rm(jobResultFile(folder, job.job.job), { force: true });
      await board.refresh(job.job.job, seen ?? 'unknown');
    }
    return ok(undefined);
  }

  async #observe(): Promise<Result<void>> {
    const observed = await this.#following.executor.observe();
    if (!observed.ok) return observed;
    this.#observed = new Map(observed.value);
    return ok(undefined);
  }

  async #submit(): Promise<Result<void>> {
    const { board, executor, stop } = this.#following;
    this.#handover.owed = false;
    if (stop.aborted || this.#mustStop() || !this.#mayHandOver) return ok(undefined);
    this.#mayHandOver = false;
    const jobs = board.permitted().filter((job) => job.state === 'waiting' && !this.#submitted.has(job.job.job) && !this.#isWithExecutor(job));
    if (jobs.length === 0) return ok(undefined);
    const handed = new Set(jobs.map(({ job }) => job.job));
    for (const name of handed) this.#submitted.add(name);
    // What was seen of them is of an earlier attempt.
    for (const name of handed) this.#observed.delete(name);
    const submitted = await executor.submit(jobs.map(({ job, rung }) => ({ ...job, after: job.after.filter((name) => board.get(name).state !== 'done'), priority: rung })));
    if (submitted.ok) this.#handover.told = false;
    return submitted.ok ? submitted : this.#submitLater(handed, submitted.failure);
  }

  /** Where the executor does not answer for a while, and jobs that it has go on: it is given these later. Who does not wait is told at once. */
  #submitLater(jobs: Iterable<string>, failure: Failure): Result<void> {
    const { executor, detach, reporter } = this.#following;
    if (!executor.outlives || detach || failure.code !== 'executor-unavailable') return fail(failure);
    for (const name of jobs) this.#submitted.delete(name);
    this.#mayHandOver = true;
    if (!this.#handover.told) reporter.report({ event: 'message', line: `${failure.message}; the jobs are handed over as soon as it does` });
    Object.assign(this.#handover, { owed: true, told: true });
    return ok(undefined);
  }

  #isWithExecutor({ job }: BoardJob): boolean {
    const seen = this.#observed.get(job.job);
    return seen === 'waiting' || seen === 'running';
  }

  #mustStop(): boolean {
    const { board } = this.#following;
    return board.record.onError === 'stop' && board.inState('failed') > 0;
  }

  /** Nothing runs, and nothing is left that the executor could begin. Looks on from the job that was open the last time. */
  #isOver(): boolean {
    for (let count = 0; count < this.#all.length; count += 1) {
      if (this.#isOpen(this.#all[this.#open]!)) return false;
      this.#open = (this.#open + 1) % this.#all.length;
    }
    return true;
  }

  /** Over, and not only because it was stopped: of a sweep that halves the next rung may not have been handed over. */
  #isSettled(): boolean {
    return this.#isOver() && this.#following.board.isSettled();
  }

  #isOpen(job: BoardJob): boolean {
    return job.state === 'running' || this.#isWithExecutor(job) || (job.state === 'waiting' && this.#submitted.has(job.job.job) && this.#observed.get(job.job.job) !== 'ended');
  }

  /** `told`: the jobs of which the executor says that they have changed; undefined: it may be any. */
  async #look(told: ReadonlySet<string> | undefined): Promise<Result<void>> {
    const { board, executor } = this.#following;
    const observed = await executor.observe(told);
    if (!observed.ok) return this.#withoutAnswer(observed);
    this.#isTold = false;
    const before = this.#observed;
    if (told === undefined) this.#observed = new Map(observed.value);
    this.#mayHandOver ||= told === undefined;
    let failedNow = false;
    for (const job of told === undefined ? this.#all : [...told].map((name) => board.get(name))) {
      const seen = observed.value.get(job.job.job);
      // What waits, waits; what has ended, has been read. Of one that seems interrupted the result may only be late.
      if (seen === undefined || seen === 'waiting' || (hasEnded(job.state) && job.state !== 'interrupted' && seen === before.get(job.job.job))) continue;
      this.#observed.set(job.job.job, seen);
      if (await this.#isNews(job, seen)) failedNow ||= job.state === 'failed';
    }
    // The running ones come to their end.
    if (failedNow && this.#mustStop()) return executor.cancel(this.#all.filter(({ state }) => state === 'waiting').map(({ job }) => job.job));
    return ok(undefined);
  }

  async #isNews(job: BoardJob, seen: ObservedState): Promise<boolean> {
    const { board, reporter } = this.#following;
    if (!(await board.refresh(job.job.job, seen))) return false;
    if (job.state === 'running') reporter.report({ event: 'job-started', ...this.#of(job) });
    if (hasEnded(job.state)) this.#ended(job);
    // A trial may have come to its next rung.
    this.#mayHandOver ||= hasEnded(job.state) && board.record.halving !== undefined;
    return true;
  }

  /** Jobs that go on without us need nobody who looks: said once, and asked again. */
  #withoutAnswer(failure: Result<void>): Result<void> {
    const { executor, reporter } = this.#following;
    if (failure.ok || !executor.outlives || failure.failure.code !== 'executor-unavailable') return failure;
    if (!this.#isTold) reporter.report({ event: 'message', line: `${failure.failure.message}; asking again` });
    this.#isTold = true;
    return ok(undefined);
  }

  #ended(job: BoardJob): void {
    const { board, reporter } = this.#following;
    const { state, result, outcome } = job;
    reporter.report({
      event: 'job-ended', ...this.#of(job), state, ...(result?.seconds === undefined ? {} : { seconds: result.seconds }),
      figures: outcome?.figures ?? {}, main: outcome === undefined ? {} : mainFigures(outcome, mainFiguresAtMost), failures: result?.failures ?? [], counts: board.counts(),
    });
  }

  #of({ job, title, trial, epochs }: BoardJob): Pick<Extract<SweepEvent, { readonly event: 'job-started' }>, 'job' | 'title' | 'trial' | 'values' | 'epochs'> {
    return { job: job.job, title, ...(trial && { trial: trial.trial, values: trial.values }), ...(epochs === undefined ? {} : { epochs }) };
  }

  /** All trials have the same stages: what one does not give, none will. */
  #metricMissing(): Failure | undefined {
    const { board } = this.#following;
    const { halving } = board.record;
    if (halving === undefined) return undefined;
    const without = [...board.jobs].find((job) => job.state === 'done' && job.outcome !== undefined && board.metric(job) === undefined && !isDiverged(job, halving.metric));
    if (without === undefined) return undefined;
    const known = Object.entries(without.outcome!.record.stages).flatMap(([stage, { figures }]) => Object.keys(figures ?? {}).map((name) => `${stage}.${name}`));
    return failed('sweep-metric-missing', `trial ${without.title} gives no ${halving.metric}`, {
      expected: known.length === 0 ? 'a stage that gives figures, such as evaluate' : `one of ${known.join(', ')}`, hint: 'halving.metric in the sweep\'s file names it',
    }).failure;
  }

  async #giveUp(failure: Failure): Promise<Result<never>> {
    await this.#following.executor.cancel();
    while (!this.#isOver()) {
      const looked = await this.#look(await this.#following.changes.next(this.#following.observeEvery));
      if (!looked.ok) break;
    }
    return fail(failure);
  }

  async #writeTable(always: boolean): Promise<void> {
    const { folder, board } = this.#following;
    const began = performance.now();
    if (!always && began < this.#tableDue) return;
    // A table that cannot be written now is written the next time, and is no reason to end a sweep.
    await writeTable(folder, board.record, board.rows(always && this.#isSettled())).catch(() => undefined);
    // Of thousands of trials it takes its time, of which it may have a small part.
    const now = performance.now();
    this.#tableDue = now + Math.max(tableEvery, (now - began) * tableShare);
  }
}

/** It gave the metric, and that is no number: the worst of all. */
const isDiverged = ({ outcome }: BoardJob, metric: string): boolean =>
  Object.values(outcome!.record.stages).some(({ figures }) => Object.keys(figures ?? {}).some((name) => metric === name || metric.endsWith(`.${name}`)));
