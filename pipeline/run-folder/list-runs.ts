/** The runs under `runs/`, without a database: each folder's run.json. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../failure.ts';
import type { RunState } from '../progress/events.ts';
import { latestName, readLatest } from './latest.ts';
import { readRunRecordSync, type RunRecord } from './run-record.ts';
import { recordNow } from './run-state.ts';

export interface ListedRun {
  /** The folder's name: `<name>-<12 hex>`. */
  readonly run: string;
  readonly folder: string;
  /** As it stands now: see run-state.ts. */
  readonly record: RunRecord;
  readonly state: RunState;
  readonly latest: boolean;
}

export const runsFolder = (root: string): string => join(root, 'runs');

/** A folder whose run.json cannot be read. */
export interface DamagedRun {
  readonly run: string;
  readonly folder: string;
  readonly latest: boolean;
  readonly failure: Failure;
}

export interface FoundRuns {
  /** Newest first. */
  readonly runs: readonly ListedRun[];
  /** By name. */
  readonly damaged: readonly DamagedRun[];
}

/** A folder without a run.json is no run. */
export async function findRuns(root: string): Promise<FoundRuns> {
  const folder = runsFolder(root);
  const [entries, latest] = await Promise.all([readdir(folder).catch(() => []), readLatest(folder)]);
  const [runs, damaged] = [new Array<ListedRun>(), new Array<DamagedRun>()];
  for (const run of entries.filter((name) => name !== latestName && !name.startsWith('.')).sort()) {
    const place = { run, folder: join(folder, run), latest: run === latest };
    // Without waiting: of thousands of small files that takes a fifth of the time.
    const read = readRunRecordSync(place.folder);
    if (!read.ok) damaged.push({ ...place, failure: read.failure });
    else if (read.value !== undefined) runs.push({ ...place, record: read.value, state: read.value.state });
  }
  return { runs: (await Promise.all(runs.map((run) => asItIs(run, root)))).sort(newestFirst), damaged };
}

/** Newest first; without those whose run.json cannot be read. */
export const listRuns = async (root: string): Promise<readonly ListedRun[]> => (await findRuns(root)).runs;

async function asItIs(run: ListedRun, root: string): Promise<ListedRun> {
  if (run.state !== 'running') return run;
  const record = await recordNow(run.record, root);
  return { ...run, record, state: record.state };
}

interface Begun {
  readonly record: Pick<RunRecord, 'startedAt'>;
}

/** Those that began at the same time stay in their order. */
export const newestFirst = ({ record: { startedAt: left } }: Begun, { record: { startedAt: right } }: Begun): number => (left === right ? 0 : left < right ? 1 : -1);
