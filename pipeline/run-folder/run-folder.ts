/** A run folder while one process works in it: its lock, its record, the files that say what is run. */
import { statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lease } from '../cache/cache.ts';
import { fileFailure } from '../cache/file-failure.ts';
import { ownerName, self } from '../cache/owner.ts';
import { takingTurns } from '../cache/turn.ts';
import { failed, ok, type Result } from '../failure.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunState } from '../progress/events.ts';
import { removeOthers, removePartials } from './left-over.ts';
import { listRuns, runsFolder } from './list-runs.ts';
import { takeLock, type LockRequest } from './lock.ts';
import { readRunRecord, runRecordSchema, writeRunRecord, type MeantByLatest, type RecordedFile, type RunRecord, type StageRecord } from './run-record.ts';

export interface OpenRun extends LockRequest {
  readonly plan: Plan;
  readonly root: string;
  readonly configDigest: string;
  readonly command: readonly string[];
  /** Where the config names the run `latest`. */
  readonly latest: MeantByLatest | undefined;
  /** Its absolute path where that is not runs/<run's name>. */
  readonly place?: string;
}

interface OpenedRecord {
  readonly record: RunRecord;
  readonly earlier: RunRecord | undefined;
}

export interface RunEnd {
  readonly state: RunState;
  readonly summary: readonly string[];
  readonly report: string | undefined;
  /** Another record follows at once, which is the one to last. */
  readonly interim?: true;
}

export class RunFolder {
  readonly path: string;
  readonly #lease: Lease;
  readonly #started = performance.now();
  readonly #secondsBefore: number;
  #record: RunRecord;
  readonly #earlier: RunRecord | undefined;
  readonly #root: string;
  #figures: Promise<ReadonlyMap<string, Figures>> | undefined;
  readonly #files = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(root: string, path: string, lease: Lease, { record, earlier }: OpenedRecord) {
    this.#root = root;
    this.path = path;
    this.#lease = lease;
    this.#record = record;
    this.#earlier = earlier;
    this.#secondsBefore = record.seconds ?? 0;
  }

  /** Takes the folder for this process and writes that the run is running. Failures: `run-in-use`, `interrupted`, `run-folder-damaged`, `cache-unwritable`, `cache-full`. */
  static async open(wanted: OpenRun): Promise<Result<RunFolder>> {
    const runs = runsFolder(wanted.root);
    const path = wanted.place ?? join(runs, wanted.plan.runName);
    const lease = await takeLock(wanted, path);
    if (!lease.ok) return lease;
    const opened = await openLocked(wanted, path);
    if (!opened.ok) {
      await lease.value.release();
      return opened;
    }
    return ok(new RunFolder(wanted.root, path, lease.value, opened.value));
  }

  /** What it said before this process opened it. */
  get earlier(): RunRecord | undefined {
    return this.#earlier;
  }

  /** Since this process opened it, in seconds. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** What the stage that made these outputs said of itself, in this run or in another: a cached stage says nothing. */
  async figuresBefore(stage: string, key: string): Promise<Figures | undefined> {
    const earlier = this.#earlier?.stages[stage];
    if (earlier?.key === key) return earlier.figures;
    this.#figures ??= figuresByKey(this.#root);
    return (await this.#figures).get(key);
  }

  /** Removes the files at `declared` (a trailing slash: everything below) that `kept` does not name: an earlier execution's. */
  async removeOthers(declared: readonly string[], kept: readonly string[]): Promise<Result<void>> {
    return removeOthers(this.path, declared, kept).then(() => ok(undefined), (error: unknown) => fileFailure(error, this.path));
  }

  /** Files, relative to the folder, that the finished run must have. */
  addFiles(paths: readonly string[]): void {
    for (const path of paths) this.#files.add(path);
  }

  setStage(name: string, stage: StageRecord): void {
    this.#record = { ...this.#record, stages: { ...this.#record.stages, [name]: stage } };
    this.#write();
  }

  /** Writes how the run ended, through to the disk. */
  async end({ state, summary, report, interim }: RunEnd): Promise<Result<void>> {
    const files = await recordFiles(this.path, [...this.#files]);
    const { report: _earlier, ...rest } = this.#record;
    this.#record = {
      ...rest, state, files, summary, ...(report === undefined ? {} : { report }),
      endedAt: new Date().toISOString(), seconds: this.#secondsBefore + this.seconds,
    };
    this.#write(interim !== true);
    return this.#writing.then(() => ok(undefined), (error: unknown) => fileFailure(error, join(this.path, 'run.json')));
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#lease.release();
  }

  /** One at a time and in order. A failed one is not the end: the next, and `end` above all, writes everything again. */
  #write(durable = false): void {
    const record = this.#record;
    this.#writing = this.#writing.catch(() => undefined).then(() => writeRunRecord(this.path, record, durable));
    this.#writing.catch(() => undefined);
  }
}

type Figures = NonNullable<StageRecord['figures']>;

async function figuresByKey(root: string): Promise<ReadonlyMap<string, Figures>> {
  const stages = (await listRuns(root)).flatMap(({ record }) => Object.values(record.stages));
  return new Map(stages.flatMap(({ key, figures }) => (key === undefined || figures === undefined ? [] : [[key, figures]])));
}

async function openLocked(wanted: OpenRun, path: string): Promise<Result<OpenedRecord>> {
  const earlier = await earlierRecord(path, wanted.plan);
  if (!earlier.ok) return earlier;
  const record = await newRecord(wanted, earlier.value);
  try {
    await mkdir(path, { recursive: true });
    await removePartials(path);
    await writeRunRecord(path, record);
  } catch (error) {
    return fileFailure(error, path);
  }
  return ok({ record, earlier: earlier.value });
}

/** The record that the folder has, after checking that the folder is this plan's. */
export async function earlierRecord(path: string, plan: Plan): Promise<Result<RunRecord | undefined>> {
  const record = await readRunRecord(path);
  if (!record.ok || record.value === undefined || record.value.digest === plan.identity) return record;
  return failed('run-folder-damaged', `${path} belongs to another run (${record.value.digest})`, { hint: 'Move the folder away and run again.' });
}

async function newRecord({ plan, configDigest, command, latest: now }: OpenRun, earlier: RunRecord | undefined): Promise<RunRecord> {
  // Continued by its own config.yaml, say, where the run is named: the config that said latest still means it.
  const latest = now ?? earlier?.latest;
  return {
    schema: runRecordSchema,
    name: plan.config.name,
    digest: plan.identity,
    configDigest,
    ...(plan.engine === undefined ? {} : { engine: plan.engine }),
    state: 'running',
    process: { pid: process.pid, owner: ownerName(await self()) },
    command,
    config: plan.config.resolved,
    ...(latest === undefined ? {} : { latest }),
    startedAt: new Date().toISOString(),
    ...(earlier?.seconds === undefined || earlier.state === 'done' ? {} : { seconds: earlier.seconds }),
    stages: Object.fromEntries(plan.stages.map((stage) => [stage.name, { state: 'waiting' as const, uses: stage.definition.uses }])),
    files: earlier?.files ?? [],
    summary: [],
    ...(earlier?.report === undefined ? {} : { report: earlier.report }),
  };
}

/** Stats files of a run folder, for its record. One that is missing is left out. */
export async function recordFiles(folder: string, paths: readonly string[]): Promise<readonly RecordedFile[]> {
  const recorded: RecordedFile[] = [];
  const giveUpTurn = takingTurns();
  for (const path of paths) {
    await giveUpTurn();
    const stats = statIfThere(join(folder, path));
    if (stats !== undefined) recorded.push({ path, bytes: Number(stats.size), modified: String(stats.mtimeNs) });
  }
  return recorded;
}

function statIfThere(file: string): BigIntStats | undefined {
  try {
    return statSync(file, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // a file where a folder should be
  }
}

/** Whether every file is there as it was recorded, by stat alone. */
export async function filesUntouched(folder: string, files: readonly RecordedFile[]): Promise<boolean> {
  const now = await recordFiles(folder, files.map((file) => file.path));
  return now.length === files.length && now.every((file, index) => file.bytes === files[index]!.bytes && file.modified === files[index]!.modified);
}
