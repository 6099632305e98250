/** The runs under `runs/`, without a database: each folder's run.json. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Failure } from '../failure.ts';
import type { RunState } from '../progress/events.ts';
import { latestName, readLatest } from './latest.ts';
import { readRunRecord, type RunRecord } from './run-record.ts';
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

/** Newest first. A folder without a run.json is no run; one whose run.json cannot be read is in {@link listDamagedRuns}. */
export async function listRuns(root: string): Promise<readonly ListedRun[]> {
  const listed = await inEachFolder(root, async ({ run, folder, latest }): Promise<ListedRun | undefined> => {
    const read = await readRunRecord(folder);
    if (!read.ok || read.value === undefined) return undefined;
    const record = await recordNow(read.value, root);
    return { run, folder, record, state: record.state, latest };
  });
  return [...listed].sort((left, right) => (left.record.startedAt < right.record.startedAt ? 1 : -1));
}

/** By name. */
export async function listDamagedRuns(root: string): Promise<readonly DamagedRun[]> {
  const damaged = await inEachFolder(root, async (place): Promise<DamagedRun | undefined> => {
    const read = await readRunRecord(place.folder);
    return read.ok ? undefined : { ...place, failure: read.failure };
  });
  return [...damaged].sort((left, right) => (left.run < right.run ? -1 : 1));
}

type RunPlace = Pick<ListedRun, 'run' | 'folder' | 'latest'>;

/** What `read` makes of each folder under `runs/`, without those of which it makes nothing. */
async function inEachFolder<T>(root: string, read: (place: RunPlace) => Promise<T | undefined>): Promise<readonly T[]> {
  const runs = runsFolder(root);
  const [entries, latest] = await Promise.all([readdir(runs).catch(() => []), readLatest(runs)]);
  const limit = pLimit(32);
  const made = await Promise.all(entries
    .filter((run) => run !== latestName && !run.startsWith('.'))
    .map((run) => limit(() => read({ run, folder: join(runs, run), latest: run === latest }))));
  return made.filter((each) => each !== undefined);
}
