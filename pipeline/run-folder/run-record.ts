/** run.json: what a run is and how it went. Its state is only believed together with whether its process still lives. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, type Failure, type Result, ok } from '../failure.ts';
import type { RunState, StageState } from '../progress/events.ts';
import type { EngineSelection, Json } from '../stage.ts';
import { writeAtomic } from './write-atomic.ts';

/** Raised when a reader of an older giverny would misread it. */
export const runRecordSchema = 1;

/** The process that works or worked in the folder. */
export interface RecordedProcess {
  readonly pid: number;
  /** Tells it from a later process with the same pid: see pipeline/cache/owner.ts. */
  readonly owner: string;
}

export interface StageRecord {
  readonly state: StageState;
  readonly uses: string;
  readonly key?: string;
  /** Digest of its reproducible outputs. */
  readonly outputs?: string;
  /** Wall-clock seconds of the execution that made the outputs, in this run or an earlier one. */
  readonly seconds?: number;
  /** Why it ran, or `cached`. */
  readonly reason?: string;
  /** What it last said of itself: losses, scores. */
  readonly figures?: Readonly<Record<string, number>>;
  readonly failure?: Failure;
}

/** A file of the run folder as it was left: enough to see by one stat that it is still there, untouched. */
export interface RecordedFile {
  readonly path: string;
  readonly bytes: number;
  /** Nanoseconds, as text because a number would lose digits. */
  readonly modified: string;
}

/** What `latest` meant in a config. */
export interface MeantByLatest {
  /** The config's path, relative to the project's folder where that can be, so that a project can be moved. */
  readonly config: string;
  /** The name of the run's folder. */
  readonly run: string;
}

export interface RunRecord {
  readonly schema: typeof runRecordSchema;
  readonly name: string;
  /** The plan's whole identity; the folder's name shows 12 digits of it. */
  readonly digest: string;
  /** Digest of the resolved config without `engine`: finds the same config's runs on another engine. */
  readonly configDigest: string;
  readonly engine?: EngineSelection;
  readonly state: RunState;
  readonly process: RecordedProcess;
  readonly command: readonly string[];
  /** The resolved config, as config.yaml says it, so that thousands of runs can be asked for a value. Older records have none. */
  readonly config?: Json;
  /** Where the config named the run `latest`: repeated, it means what it meant, although this run is the latest by then. */
  readonly latest?: MeantByLatest;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly seconds?: number;
  readonly stages: Readonly<Record<string, StageRecord>>;
  readonly files: readonly RecordedFile[];
  readonly summary: readonly string[];
  readonly report?: string;
}

export const runRecordFile = 'run.json';

/** The record, undefined where the folder has none yet, or `run-folder-damaged`. */
export async function readRunRecord(folder: string): Promise<Result<RunRecord | undefined>> {
  return readRunRecordSync(folder);
}

/** As {@link readRunRecord}, for a config that names a run: configs are checked without waiting. */
export function readRunRecordSync(folder: string): Result<RunRecord | undefined> {
  const file = join(folder, runRecordFile);
  try {
    return parseRecord(file, readFileSync(file, 'utf8'));
  } catch (error) {
    return unreadRecord(file, error);
  }
}

function unreadRecord(file: string, error: unknown): Result<undefined> {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return ok(undefined);
  return damaged(file, 'cannot be read');
}

function parseRecord(file: string, text: string): Result<RunRecord> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damaged(file, 'is not JSON');
  }
  return isRunRecord(value) ? ok(value) : damaged(file, 'is not the record of a run that this giverny can read');
}

const damaged = (file: string, what: string) => failed('run-folder-damaged', `${file} ${what}`, {
  where: { file }, hint: 'Move the folder away and run again: what was computed is in the cache.',
});

function isRunRecord(value: unknown): value is RunRecord {
  if (!isMap(value)) return false;
  const { schema, name, digest, state, startedAt, stages, files, summary, command, latest, process: worker } = value;
  return schema === runRecordSchema && [name, digest, state, startedAt].every((each) => typeof each === 'string')
    && [files, summary, command].every(Array.isArray) && isMap(stages) && Object.values(stages).every(isMap)
    && isMap(worker) && typeof worker['owner'] === 'string'
    && (latest === undefined || (isMap(latest) && ['config', 'run'].every((key) => typeof latest[key] === 'string')));
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `durable`: forced to the disk, as the record that says how the run ended is; the one that says `running` need not be. */
export const writeRunRecord = (folder: string, record: RunRecord, durable = record.state !== 'running'): Promise<void> =>
  writeAtomic(join(folder, runRecordFile), `${JSON.stringify(record, undefined, 2)}\n`, { durable });

/** Begun by a sweep, and by nobody by hand since: it is never the latest. */
export const isTrial = ({ command }: Pick<RunRecord, 'command'>): boolean => command[1]?.startsWith('sweep') === true;
