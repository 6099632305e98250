/**
 * What the runs in `runs/` need of the cache. A finished run needs the keys that its record names. Of any other, running
 * ones among them, only the plan is known: it needs whatever may turn out to be one of its stages' outputs, which is every
 * key whose manifest is that stage's but for what it read (early cut-off may make it any).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, fileFailure } from '../cache/file-failure.ts';
import { ifThere } from '../cache/reading.ts';
import type { KeyRecord } from '../cache/key-record.ts';
import type { TrajectoryRecord } from '../cache/trajectories.ts';
import { fail, ok, type Result } from '../failure.ts';
import { canonicalJson, type CanonicalValue } from '../plan/canonical-json.ts';
import type { Manifest } from '../plan/manifest.ts';
import { sweepsFolder, sweepsName } from '../sweep/sweep-folder.ts';
import { latestName } from './latest.ts';
import { runsFolder } from './list-runs.ts';
import { readRunRecord, type RunRecord } from './run-record.ts';

export interface RunNeeds {
  readonly runs: number;
  /** Names of the runs that need the outputs under this key. */
  ofEntry(record: KeyRecord): readonly string[];
  /** Names of the runs that continue, or could be trained further, from the checkpoints of this trajectory (undefined: of what, is not known). */
  ofTrajectory(record: TrajectoryRecord | undefined): readonly string[];
}

interface NeedyRun {
  readonly run: string;
  readonly record: RunRecord | undefined;
  readonly stages: readonly PlannedRecord[];
}

interface PlannedRecord {
  readonly name: string;
  readonly from: readonly string[];
  readonly manifest: Manifest;
}

/** `without`: runs that count as gone. Failures: `cache-unwritable` where `runs/` cannot be read, `run-folder-damaged` where neither run.json nor plan.json says what a folder needs. */
export async function readRunNeeds(root: string, without: ReadonlySet<string> = new Set()): Promise<Result<RunNeeds>> {
  const names = await namesOf(runsFolder(root));
  if (!names.ok) return names;
  const runs: NeedyRun[] = [];
  const own = names.value.filter((each) => each !== latestName && !each.startsWith('.'));
  for (const name of [...own, ...(await sharedRuns(root))].filter((each) => !without.has(each))) {
    const read = await readNeedy(path.join(runsFolder(root), name), name);
    if (!read.ok) return read;
    if (read.value !== undefined) runs.push(read.value);
  }
  return ok(needsOf(runs));
}

/** What the trials of a sweep share is made before any of them has a folder: the folders of that, relative to runs/. */
async function sharedRuns(root: string): Promise<readonly string[]> {
  const sweeps = namesIn(sweepsFolder(root)).filter((name) => !name.startsWith('.'));
  const found = await Promise.all(sweeps.map(async (sweep) => {
    const shared = path.join(sweepsName, sweep, 'shared');
    return namesIn(path.join(runsFolder(root), shared)).map((job) => path.join(shared, job));
  }));
  return found.flat();
}

const namesIn = (folder: string): readonly string[] => ifThere(() => readdirSync(folder)) ?? [];

/** Runs that cannot be seen must not count as none. */
async function namesOf(folder: string): Promise<Result<readonly string[]>> {
  return readdir(folder).then(ok, (error: unknown) => (errorCode(error) === 'ENOENT' ? ok([]) : fileFailure(error, folder)));
}

/** Looked up, not searched: a sweep's thousand runs each have a thousand entries to be held against. */
function needsOf(runs: readonly NeedyRun[]): RunNeeds {
  const [byKey, byManifest, trainedBy] = [new Map<string, Set<string>>(), new Map<string, Set<string>>(), new Map<string, (readonly [NeedyRun, PlannedRecord])[]>()];
  for (const needy of runs) {
    for (const { key } of Object.values(needy.record?.stages ?? {})) if (key !== undefined) add(byKey, key, needy.run);
    for (const stage of needy.stages) {
      if (needy.record?.state !== 'done') add(byManifest, withoutInputs(stage.manifest), needy.run);
      const group = withoutInputs({ ...stage.manifest, params: null });
      trainedBy.set(group, [...(trainedBy.get(group) ?? []), [needy, stage]]);
    }
  }
  return {
    runs: runs.length,
    ofEntry: ({ key, manifest }) => [...new Set([...(byKey.get(key) ?? []), ...(byManifest.get(withoutInputs(manifest)) ?? [])])],
    ofTrajectory(record) {
      if (record === undefined) return [];
      const near = trainedBy.get(withoutInputs({ ...record.manifest, params: null })) ?? [];
      const training = near.filter(([{ record: run }, stage]) => mayTrain(stage, run, record.manifest)).map(([{ run }]) => run);
      return [...new Set([...runs.filter(({ run }) => run === record.run).map(({ run }) => run), ...training])];
    },
  };
}

function add(map: Map<string, Set<string>>, name: string, run: string): void {
  map.set(name, (map.get(name) ?? new Set()).add(run));
}

async function readNeedy(folder: string, run: string): Promise<Result<NeedyRun | undefined>> {
  const record = await readRunRecord(folder);
  const stages = await readPlan(folder);
  if (stages === undefined && !record.ok) return fail(record.failure);
  if (stages === undefined && (!record.ok || record.value === undefined)) return ok(undefined);
  return ok({ run, record: record.ok ? record.value : undefined, stages: stages ?? [] });
}

/** Undefined where plan.json is not there or damaged. */
async function readPlan(folder: string): Promise<readonly PlannedRecord[] | undefined> {
  const text = ifThere(() => readFileSync(path.join(folder, 'plan.json'), 'utf8'));
  if (text === undefined) return undefined;
  try {
    const { stages } = JSON.parse(text) as { readonly stages: readonly PlannedRecord[] };
    return stages.every(({ name, from, manifest }) => typeof name === 'string' && Array.isArray(from) && typeof manifest === 'object' && manifest !== null) ? stages : undefined;
  } catch {
    return undefined;
  }
}

/** The trajectory's parameters are some of the stage's; one that only the trajectory has says nothing. */
function mayTrain({ from, manifest }: PlannedRecord, record: RunRecord | undefined, trajectory: Manifest): boolean {
  const read = from.map((name) => record?.stages[name]?.outputs);
  if (read.some((outputs, index) => outputs !== undefined && outputs !== trajectory.from[index])) return false;
  const [own, decisive] = [manifest.params, trajectory.params];
  if (!isMap(own) || !isMap(decisive)) return true;
  return Object.entries(decisive).every(([name, value]) => !Object.hasOwn(own, name) || canonicalJson(own[name]!) === canonicalJson(value));
}

const isMap = (value: unknown): value is Readonly<Record<string, CanonicalValue>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function withoutInputs(manifest: Manifest): string {
  const { of: _of, from, ...rest } = manifest;
  return canonicalJson({ ...rest, from: from.length } as unknown as CanonicalValue);
}
