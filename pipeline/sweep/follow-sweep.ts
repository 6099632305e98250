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

/** Failures: the executor's, and `sweep-metric-missing`. How the trials ended is on the board. */
export async function followSweep(following: Following): Promise<Result<void>> {
  return new Follower(following).follow();
}

const tableEvery = 2000;

class Follower {
  readonly #following: Following;
  readonly #submitted = new Set<string>();
  #observed: ReadonlyMap<string, ObservedState> = new Map();
  #tableWritten = -Infinity;
  /** That the executor does not answer. */
  #isTold = false;

  constructor(following: Following) {
    this.#following = following;
  }

  async follow(): Promise<Result<void>> {
    const { board, stop, changes, observeEvery, executor, detach } = this.#following;
    const begun = await this.#begin();
    if (!begun.ok) return begun;
    stop.addEventListener('abort', changes.note, { once: true });
    try {
      for (;;) {
        for (const job of board.markSkipped()) this.#ended(job);
        const missing = this.#metricMissing();
        if (missing !== undefined) return await this.#giveUp(missing);
        const submitted = await this.#submit();
        if (!submitted.ok) return submitted;
        if (this.#isOver() || detach || (stop.aborted && executor.outlives)) return ok(undefined);
        await changes.next(observeEvery);
        const looked = await this.#look();
        if (!looked.ok) return looked;
        await this.#writeTable(false);
      }
    } finally {
      stop.removeEventListener('abort', changes.note);
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
    this.#observed = observed.value;
    return ok(undefined);
  }

  async #submit(): Promise<Result<void>> {
    const { board, executor, stop } = this.#following;
    if (stop.aborted || this.#mustStop()) return ok(undefined);
    const jobs = board.permitted().filter((job) => job.state === 'waiting' && !this.#submitted.has(job.job.job) && !this.#isWithExecutor(job));
    if (jobs.length === 0) return ok(undefined);
    const handed = new Set(jobs.map(({ job }) => job.job));
    for (const name of handed) this.#submitted.add(name);
    // What was seen of them is of an earlier attempt.
    this.#observed = new Map([...this.#observed].filter(([name]) => !handed.has(name)));
    return executor.submit(jobs.map(({ job, rung }) => ({ ...job, after: job.after.filter((name) => board.get(name).state !== 'done'), priority: rung })));
  }

  #isWithExecutor({ job }: BoardJob): boolean {
    const seen = this.#observed.get(job.job);
    return seen === 'waiting' || seen === 'running';
  }

  #mustStop(): boolean {
    const { board } = this.#following;
    return board.record.onError === 'stop' && [...board.jobs].some(({ state }) => state === 'failed');
  }

  /** Nothing runs, and nothing is left that the executor could begin. */
  #isOver(): boolean {
    const { board } = this.#following;
    return ![...board.jobs].some((job) => job.state === 'running' || this.#isWithExecutor(job) || (job.state === 'waiting' && this.#submitted.has(job.job.job) && this.#observed.get(job.job.job) !== 'ended'));
  }

  async #look(): Promise<Result<void>> {
    const { board, reporter, executor } = this.#following;
    const before = this.#observed;
    const observed = await this.#observe();
    if (!observed.ok) return this.#withoutAnswer(observed);
    this.#isTold = false;
    let failedNow = false;
    for (const job of board.jobs) {
      const name = job.job.job;
      const seen = this.#observed.get(name);
      // What waits, waits; what has ended, has been read.
      if (seen === undefined || seen === 'waiting' || (hasEnded(job.state) && seen === before.get(name))) continue;
      if (!(await board.refresh(name, seen))) continue;
      if (job.state === 'running') reporter.report({ event: 'job-started', ...this.#of(job) });
      if (hasEnded(job.state)) this.#ended(job);
      failedNow ||= job.state === 'failed';
    }
    // The running ones come to their end.
    if (failedNow && this.#mustStop()) return executor.cancel([...board.jobs].filter(({ state }) => state === 'waiting').map(({ job }) => job.job));
    return ok(undefined);
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
    const known = Object.keys(without.outcome!.figures);
    return failed('sweep-metric-missing', `trial ${without.title} gives no ${halving.metric}`, {
      expected: known.length === 0 ? 'a stage that gives figures, such as evaluate' : `one of ${known.join(', ')}`, hint: 'halving.metric in the sweep\'s file names it',
    }).failure;
  }

  async #giveUp(failure: Failure): Promise<Result<void>> {
    await this.#following.executor.cancel();
    while (!this.#isOver()) {
      await this.#following.changes.next(this.#following.observeEvery);
      const looked = await this.#look();
      if (!looked.ok) break;
    }
    return fail(failure);
  }

  async #writeTable(always: boolean): Promise<void> {
    const { folder, board } = this.#following;
    if (!always && performance.now() - this.#tableWritten < tableEvery) return;
    this.#tableWritten = performance.now();
    // A table that cannot be written now is written the next time, and is no reason to end a sweep.
    await writeTable(folder, board.record, board.rows(always && this.#isOver())).catch(() => undefined);
  }
}

/** It gave the metric, and that is no number: the worst of all. */
const isDiverged = ({ outcome }: BoardJob, metric: string): boolean =>
  Object.values(outcome!.record.stages).some(({ figures }) => Object.keys(figures ?? {}).some((name) => metric === name || metric.endsWith(`.${name}`)));
