/** sweep.json: what a sweep is. How far it is stands nowhere in it: that is read from the results of its jobs (job-state.ts). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFailure } from '../cache/file-failure.ts';
import { insist, isAbsent } from '../cache/reading.ts';
import { failed, ok, type Result } from '../failure.ts';
import type { RecordedProcess } from '../run-folder/run-record.ts';
import type { EngineSelection, Json } from '../stage.ts';
import { writeAtomic } from '../run-folder/write-atomic.ts';

/** Raised when a reader of an older giverny would misread it. */
export const sweepRecordSchema = 1;

export interface JobNeeds {
  /** Whether one of its stages runs tensors. */
  readonly engine: boolean;
  /** 1 where the plan's engine is on a GPU. */
  readonly gpus: 0 | 1;
}

/** Jobs that have one `of` in common train the same networks, each further than the one before. */
export interface Turn {
  readonly of: string;
  /** Who comes first has the lower one. */
  readonly place: number;
}

export interface SweepJob {
  readonly job: string;
  readonly kind: 'trial' | 'shared';
  /** Of a shared job: the stages that it makes. */
  readonly stages?: readonly string[];
  /** Of a shared job: how many trials have them. */
  readonly trials?: number;
  /** Jobs that must have ended well before. */
  readonly after: readonly string[];
  readonly needs: JobNeeds;
  /**
   * Best run one after the other, whether or not the one before ended well: each continues from its checkpoints. Begun at the
   * same time they are right all the same, but wait for each other, and a longer one that comes first leaves nothing for a shorter.
   */
  readonly turns?: readonly Turn[];
  /** About how long it takes, in seconds, by the last timings; absent where nothing like it ever ran. */
  readonly seconds?: number;
}

/** One training of a trial, as far as `epochs`: what successive halving and ASHA go on from or stop at. */
export interface SweepRung {
  readonly epochs: number;
  readonly job: string;
  readonly run: string;
  readonly identity: string;
}

export interface SweepTrial {
  /** `0001`: its number, and the name of its link in trials/. */
  readonly trial: string;
  /** By axis, in the order of `axes`. */
  readonly values: Readonly<Record<string, Json>>;
  /** Everything that was changed in the base config, as it could be typed: `loss.weights.cycle=5`. */
  readonly overrides: readonly string[];
  readonly job: string;
  /** The name of its run folder in runs/; with rungs, that of the last one. */
  readonly run: string;
  /** sha256, hex, of its plan: run.json's `digest`. */
  readonly identity: string;
  /** Only where the sweep halves: from the fewest epochs to the most, the last being the trial's `run`. */
  readonly rungs?: readonly SweepRung[];
}

/** Successive halving: of the trials of each rung the best `1/eta` go on to the next. */
export interface Halving {
  /** `evaluate.psnr_AtoB`, or without the stage, as `giverny show` prints it. */
  readonly metric: string;
  readonly goal: 'min' | 'max';
  readonly eta: number;
  /** The parameter that says how long a trial trains: `stages.train.epochs`. */
  readonly parameter: string;
  /** Epochs at each rung, rising. */
  readonly epochs: readonly number[];
  /** ASHA: a trial goes on as soon as it is among the best of those that have come as far, without waiting for all. */
  readonly asynchronous: boolean;
}

export interface SweepRecord {
  readonly schema: typeof sweepRecordSchema;
  readonly name: string;
  /** sha256, hex; the folder's name shows 8 digits of it. */
  readonly digest: string;
  /** As typed. */
  readonly command: readonly string[];
  /** Absolute path of the base config, and of the sweep's file where there is one. */
  readonly config: string;
  readonly file?: string;
  /** What `--on` chose: `local`, or the absolute path of an executor's configuration. */
  readonly on: string;
  readonly engine?: EngineSelection;
  /** The process that plans and follows the sweep, or last did. */
  readonly process: RecordedProcess;
  readonly startedAt: string;
  readonly onError: 'continue' | 'stop';
  /** `-j`. */
  readonly jobsAtOnce?: number;
  readonly offline: boolean;
  /** Paths of what is varied, in the order of the table's columns. */
  readonly axes: readonly string[];
  readonly trials: readonly SweepTrial[];
  readonly jobs: readonly SweepJob[];
  readonly halving?: Halving;
}

const recordFile = 'sweep.json';

/** The record of the sweep in `folder`. Failures: `sweep-not-found`, `sweep-damaged`, `cache-unwritable` where it cannot be read. */
export async function readSweepRecord(folder: string): Promise<Result<SweepRecord>> {
  const file = join(folder, recordFile);
  let text: string;
  try {
    text = await insist(() => readFile(file, 'utf8'));
  } catch (error) {
    return isAbsent(error) ? failed('sweep-not-found', `${folder} is no sweep: it has no ${recordFile}`) : fileFailure(error, file);
  }
  try {
    const value: unknown = JSON.parse(text);
    return isSweepRecord(value) ? ok(value) : damaged(file, 'is of a form that this giverny cannot read');
  } catch {
    return damaged(file, 'is not JSON');
  }
}

const damaged = (file: string, what: string) => failed('sweep-damaged', `${file} ${what}`, {
  where: { file }, hint: 'The same `giverny sweep` command writes it anew.',
});

function isSweepRecord(value: unknown): value is SweepRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, name, digest, axes, trials, jobs, process: worker } = value as Partial<Record<keyof SweepRecord, unknown>>;
  return schema === sweepRecordSchema && typeof name === 'string' && typeof digest === 'string' && [axes, trials, jobs].every(Array.isArray)
    && typeof (worker as Partial<RecordedProcess> | undefined)?.owner === 'string';
}

/** Whole or not at all. One trial and one job a line: it may have thousands, and people look into it. */
export async function writeSweepRecord(folder: string, record: SweepRecord): Promise<void> {
  const { trials, jobs, ...rest } = record;
  const lines = (items: readonly object[]): string => (items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`);
  const head = JSON.stringify(rest, undefined, 2).slice(0, -2);
  await writeAtomic(join(folder, recordFile), `${head},\n  "trials": ${lines(trials)},\n  "jobs": ${lines(jobs)}\n}\n`);
}
