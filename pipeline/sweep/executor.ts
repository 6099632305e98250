/**
 * Where the jobs of a sweep run. An executor is three functions: submit, observe, cancel. This machine (local/) and Slurm
 * (slurm/) are two; Kubernetes or Ray would be another. What a job came to is never an executor's to say: that stands in
 * the result which the job itself wrote (job.ts).
 */
import type { EngineRequest } from '../catalog.ts';
import type { Result } from '../failure.ts';
import type { SweepJob } from './sweep-record.ts';

/** A job, as one is handed to an executor; all that it needs to run is in its description, a file in the sweep's folder. */
export interface SubmittedJob extends SweepJob {
  /** Of jobs that could start, those with the higher number go first. Default 0. */
  readonly priority?: number;
}

/** waiting: in a queue, or for a job that it comes after. ended: it runs no more, well or badly. unknown: the executor knows nothing of it. */
export type ObservedState = 'waiting' | 'running' | 'ended' | 'unknown';

export interface Executor {
  /** Whether its jobs go on when this process ends: then Ctrl-C leaves them alone. */
  readonly outlives: boolean;
  /**
   * Takes jobs over; may be called again with more. A job starts after all in its `after` have ended well, and not at all
   * where one of them has not. Jobs that it has already, waiting or running, are passed over.
   */
  submit(jobs: readonly SubmittedJob[]): Promise<Result<void>>;
  /** Of every job that it was ever given for this sweep, by this process or an earlier one, by the job's name; `jobs`: at least of these. */
  observe(jobs?: ReadonlySet<string>): Promise<Result<ReadonlyMap<string, ObservedState>>>;
  /** Ends these jobs, or all: running ones are asked to stop (they write a checkpoint), waiting ones never start. */
  cancel(jobs?: readonly string[]): Promise<Result<void>>;
}

/** What an executor is told of the sweep that it is opened for. */
export interface ExecutorContext {
  /** Absolute path of the sweep's folder: runs/sweeps/<name>-<digest8>. */
  readonly folder: string;
  /** Absolute path of the folder that holds `.giverny/` and `runs/`. */
  readonly root: string;
  /** How many jobs at most run at once (`-j`); undefined: as many as the executor thinks good. */
  readonly jobs: number | undefined;
  /** The program and arguments that are this giverny: with `sweep-job FOLDER JOB` after them they run one job. */
  readonly giverny: readonly string[];
  readonly offline: boolean;
  /** Fires at Ctrl-C. */
  readonly stop: AbortSignal;
  /** The executor calls it when something has changed, so that nobody has to ask often; with these jobs, or perhaps any. */
  changed(jobs?: readonly string[]): void;
  /** One line for people. */
  say(line: string): void;
}

/** An executor that was chosen by `--on`, its own configuration read and checked. */
export interface ExecutorChoice {
  /** What was chosen, so that it can be chosen again: `local`, or the absolute path of the executor's configuration. */
  readonly on: string;
  /** Where jobs run on other machines than this: what a config's request means there, whose `auto` cannot be tried here. */
  engineRequest?(request: EngineRequest): EngineRequest;
  /** How many jobs its configuration lets run at once, where it says so and `-j` does not. */
  readonly jobsAtOnce?: number;
  /** Milliseconds between two questions to `observe`. */
  readonly observeEvery: number;
  open(context: ExecutorContext): Promise<Result<Executor>>;
}
