/**
 * A job of a sweep: one trial, or the stages that several trials share. Its description lies in jobs/<job>.input.json, so
 * that any process on any machine that sees the folder can run it (`giverny sweep-job FOLDER JOB`). The job itself writes
 * jobs/<job>.json: that it runs, then how it ended. What is not there was never begun.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFailure } from '../cache/file-failure.ts';
import { insist, isAbsent } from '../cache/reading.ts';
import type { WrittenPlaces } from '../config/written-places.ts';
import { failed, ok, type Failure, type Result } from '../failure.ts';
import type { RecordedProcess } from '../run-folder/run-record.ts';
import { writeAtomic } from '../run-folder/write-atomic.ts';
import type { EngineSelection, Json } from '../stage.ts';

/** Raised when a reader of an older giverny would misread descriptions or results. */
export const jobSchema = 1;

export interface JobDescription {
  readonly schema: typeof jobSchema;
  /** `trial-0001`, `trial-0001-rung-2`, `shared-3fa9b2c1`. */
  readonly job: string;
  readonly kind: 'trial' | 'shared';
  /** Absolute path of the config that is varied. */
  readonly file: string;
  /** The resolved config: of a trial, all of it; of a shared job, the stages that it makes and those that these read. */
  readonly config: Json;
  /** Where each value of it was written: `command line: loss.weights.cycle=5`. */
  readonly places?: WrittenPlaces;
  /** What `engine: auto` was when the sweep was planned. */
  readonly engine?: EngineSelection;
  /** sha256, hex, of the plan: where planning gives another, something that it reads has changed, and the job fails. */
  readonly identity: string;
  /** The name of its run folder; of a shared job, which has none in runs/, that of its lock. */
  readonly run: string;
  /** As typed: the command of the whole sweep. */
  readonly command: readonly string[];
  readonly offline: boolean;
}

/** running: until the process that wrote it has gone; see job-state.ts. */
export type JobEndState = 'running' | 'done' | 'failed' | 'interrupted';

export interface JobResult {
  readonly schema: typeof jobSchema;
  readonly job: string;
  readonly state: JobEndState;
  /** Of the description that it ran: a result of another plan says nothing. */
  readonly identity: string;
  /** The exit code of the process, as of `giverny run`; absent while it runs. */
  readonly exit?: number;
  readonly host: string;
  readonly process: RecordedProcess;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly seconds?: number;
  /** Why it did not end well: each names its stage. */
  readonly failures: readonly Failure[];
}

const jobsFolder = 'jobs';

/** `folder`: the sweep's. */
export const jobInputFile = (folder: string, job: string): string => join(folder, jobsFolder, `${job}.input.json`);
export const jobResultFile = (folder: string, job: string): string => join(folder, jobsFolder, `${job}.json`);

/** Failures: `sweep-not-found` where there is no such job, `sweep-damaged`, `cache-unwritable` where it cannot be read. */
export async function readJobDescription(folder: string, job: string): Promise<Result<JobDescription>> {
  const file = jobInputFile(folder, job);
  const read = await readSchema<JobDescription>(file, ({ identity, run, kind }) => typeof identity === 'string' && typeof run === 'string' && typeof kind === 'string');
  if (!read.ok) return read;
  return read.value === undefined ? failed('sweep-not-found', `there is no job ${job} in ${folder}`, { where: { file } }) : ok(read.value);
}

/** What the job has written, undefined where it was never begun. Failures: `sweep-damaged`, `cache-unwritable` where it cannot be read. */
export const readJobResult = (folder: string, job: string): Promise<Result<JobResult | undefined>> =>
  readSchema<JobResult>(jobResultFile(folder, job), ({ state, identity, failures, process: worker }) =>
    ['running', 'done', 'failed', 'interrupted'].includes(state) && typeof identity === 'string' && Array.isArray(failures) && typeof worker?.owner === 'string');

export const writeJobDescription = (folder: string, description: JobDescription): Promise<Result<void>> =>
  write(jobInputFile(folder, description.job), description);

/** Whole or not at all. Not forced to the disk: run.json is, and a result that is lost in a power cut is made again of it. */
export const writeJobResult = (folder: string, result: JobResult): Promise<Result<void>> => write(jobResultFile(folder, result.job), result);

async function write(file: string, value: JobDescription | JobResult): Promise<Result<void>> {
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeAtomic(file, `${JSON.stringify(value)}\n`);
    return ok(undefined);
  } catch (error) {
    return fileFailure(error, file);
  }
}

async function readSchema<T extends { readonly schema: number }>(file: string, isSound: (value: T) => boolean): Promise<Result<T | undefined>> {
  let text: string;
  try {
    text = await insist(() => readFile(file, 'utf8'));
  } catch (error) {
    return isAbsent(error) ? ok(undefined) : fileFailure(error, file);
  }
  try {
    const value = JSON.parse(text) as T | null;
    if (typeof value === 'object' && value?.schema === jobSchema && isSound(value)) return ok(value);
    return damaged(file, 'is of a form that this giverny cannot read');
  } catch {
    return damaged(file, 'is not JSON');
  }
}

const damaged = (file: string, what: string) => failed('sweep-damaged', `${file} ${what}`, {
  where: { file }, hint: 'Remove the file: the same sweep runs that job again, and takes what it made from the cache.',
});
