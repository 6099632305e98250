/** The runs under `runs/` as far as listing and choosing them needs: quick also for ten thousand. */
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isSettled, signOf } from '../cache/file-stat.ts';
import type { RunState } from '../progress/events.ts';
import type { Json } from '../stage.ts';
import { latestName, readLatest } from './latest.ts';
import { newestFirst, runsFolder, type DamagedRun } from './list-runs.ts';
import { configText, readRunIndex, writeRunIndex, type IndexedRun } from './run-index.ts';
import { readRunRecordSync, runRecordFile, type RunRecord, type StageRecord } from './run-record.ts';
import { recordNow } from './run-state.ts';

/** What of a record is asked for most. */
export type RunBrief = Pick<RunRecord, 'name' | 'digest' | 'startedAt' | 'endedAt' | 'seconds' | 'engine' | 'command' | 'state'> & {
  readonly stages: Readonly<Record<string, Pick<StageRecord, 'state' | 'seconds' | 'figures'>>>;
};

export interface BriefRun {
  /** The folder's name. */
  readonly run: string;
  readonly folder: string;
  readonly record: RunBrief;
  readonly state: RunState;
  readonly latest: boolean;
  /** The resolved config; records of older giverny have none. */
  readonly hasConfig: boolean;
  config(): Json | undefined;
}

export interface BriefRuns {
  /** Newest first. */
  readonly runs: readonly BriefRun[];
  /** By name. */
  readonly damaged: readonly DamagedRun[];
}

/** So many runs must have been read for the index to be worth writing. */
const worthWriting = 200;

export async function briefRuns(root: string): Promise<BriefRuns> {
  const folder = runsFolder(root);
  const [entries, latest] = await Promise.all([readdir(folder).catch(() => []), readLatest(folder)]);
  const names = entries.filter((name) => name !== latestName && !name.startsWith('.')).sort();
  const index = names.length < worthWriting ? new Map<string, IndexedRun>() : readRunIndex(root);
  const [runs, damaged, kept] = [new Array<BriefRun>(), new Array<DamagedRun>(), new Map<string, IndexedRun>()];
  let read = 0;
  for (const run of names) {
    const place = { run, folder: join(folder, run), latest: run === latest };
    const found = indexedOrRead(place.folder, index.get(run), kept);
    if (found === undefined) continue;
    if ('failure' in found) damaged.push({ ...place, failure: found.failure });
    else {
      if ('record' in found) read += 1;
      runs.push('record' in found ? await ofRecord(place, found.record, root) : ofIndex(place, found));
    }
  }
  if (read >= worthWriting) await writeRunIndex(root, kept);
  return { runs: runs.sort(newestFirst), damaged };
}

type Place = Pick<BriefRun, 'run' | 'folder' | 'latest'>;

/** Undefined where the folder is no run. What may be remembered goes into `kept`. */
function indexedOrRead(folder: string, indexed: IndexedRun | undefined, kept: Map<string, IndexedRun>): IndexedRun | { readonly record: RunRecord } | Pick<DamagedRun, 'failure'> | undefined {
  // Stat before reading: what is written in between makes it stale, not wrong.
  const stat = statOf(join(folder, runRecordFile));
  const name = basename(folder);
  if (indexed !== undefined && stat !== undefined && signOf(stat) === indexed.stat) {
    kept.set(name, indexed);
    return indexed;
  }
  const read = readRunRecordSync(folder);
  if (!read.ok) return { failure: read.failure };
  if (read.value === undefined) return undefined;
  if (read.value.state !== 'running' && stat !== undefined && isSettled(stat, Date.now())) {
    kept.set(name, { stat: signOf(stat), brief: briefOf(read.value), config: configText(read.value.config) });
  }
  return { record: read.value };
}

function statOf(file: string) {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined; // a file where a folder should be
  }
}

async function ofRecord(place: Place, written: RunRecord, root: string): Promise<BriefRun> {
  const record = await recordNow(written, root);
  return { ...place, record, state: record.state, hasConfig: record.config !== undefined, config: () => record.config };
}

function ofIndex(place: Place, { brief, config }: IndexedRun): BriefRun {
  return { ...place, record: brief, state: brief.state, hasConfig: config !== '', config: () => (config === '' ? undefined : JSON.parse(config) as Json) };
}

function briefOf({ name, digest, startedAt, endedAt, seconds, engine, command, state, stages }: RunRecord): RunBrief {
  return {
    name, digest, startedAt, command, state,
    ...(endedAt === undefined ? {} : { endedAt }), ...(seconds === undefined ? {} : { seconds }), ...(engine === undefined ? {} : { engine }),
    stages: Object.fromEntries(Object.entries(stages).map(([stage, { state: its, seconds: took, figures }]) =>
      [stage, { state: its, ...(took === undefined ? {} : { seconds: took }), ...(figures === undefined ? {} : { figures }) }])),
  };
}
