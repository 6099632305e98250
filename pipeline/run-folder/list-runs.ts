/** The runs under `runs/`, without a database: each folder's run.json. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
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

/** Newest first. A folder without a readable run.json is no run. */
export async function listRuns(root: string): Promise<readonly ListedRun[]> {
  const runs = runsFolder(root);
  const [entries, latest] = await Promise.all([readdir(runs).catch(() => []), readLatest(runs)]);
  const limit = pLimit(32);
  const listed = await Promise.all(entries
    .filter((name) => name !== latestName && !name.startsWith('.'))
    .map((name) => limit(() => listRun(root, name, latest))));
  return listed.filter((run) => run !== undefined).sort((left, right) => (left.record.startedAt < right.record.startedAt ? 1 : -1));
}

async function listRun(root: string, name: string, latest: string | undefined): Promise<ListedRun | undefined> {
  const folder = join(runsFolder(root), name);
  const read = await readRunRecord(folder);
  if (!read.ok || read.value === undefined) return undefined;
  const record = await recordNow(read.value, root);
  return { run: name, folder, record, state: record.state, latest: name === latest };
}
