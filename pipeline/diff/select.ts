/** Which runs a person means: runs by every name that they have, or all trials of a sweep. */
import { join, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { fail, failed, ok, type Failure, type Result } from '../failure.ts';
import { findRun } from '../run-folder/find-run.ts';
import { runsFolder, type ListedRun } from '../run-folder/list-runs.ts';
import { readRunRecord } from '../run-folder/run-record.ts';
import { recordNow } from '../run-folder/run-state.ts';
import type { Json } from '../stage.ts';
import { findSweep, type FoundSweep } from '../sweep/sweep-folder.ts';
import type { SweepRecord, SweepTrial } from '../sweep/sweep-record.ts';

export interface SelectedRun {
  readonly listed: ListedRun;
  /** Of a trial: its place on the axes. */
  readonly values?: Readonly<Record<string, Json>>;
}

export interface Selected {
  readonly runs: readonly SelectedRun[];
  readonly sweep?: { readonly sweep: string; readonly folder: string; readonly axes: readonly string[]; readonly states: Readonly<Record<string, number>> };
}

/** Failures: `usage`, `run-not-found`, `run-folder-damaged`, `sweep-not-found`, `sweep-damaged`. */
export async function select(wanted: readonly string[], root: string, cwd: string): Promise<Result<Selected>> {
  if (wanted.length === 0) return selectRuns(['latest~1', 'latest'], root, cwd);
  if (wanted.length > 1) return selectRuns(wanted, root, cwd);
  const only = wanted[0]!;
  const run = await findRun(only, root, cwd);
  if (run.ok) return failed('usage', `${run.value.run} is one run, and there is nothing to compare it with`, { expected: 'two runs or more, or a sweep', hint: `giverny diff ${only} latest` });
  const sweep = await findSweep(only, root, cwd);
  if (sweep.ok) return ok(await trialsOf(sweep.value));
  return fail(await lookedLikeSweep(only, root, cwd) ? sweep.failure : run.failure);
}

async function lookedLikeSweep(wanted: string, root: string, cwd: string): Promise<boolean> {
  const place = /[/\\]/.test(wanted) ? resolve(cwd, wanted) : join(runsFolder(root), 'sweeps', wanted);
  return stat(join(place, 'sweep.json')).then(() => true, () => false);
}

async function selectRuns(wanted: readonly string[], root: string, cwd: string): Promise<Result<Selected>> {
  const runs = new Map<string, SelectedRun>();
  for (const each of wanted) {
    const found = await findRun(each, root, cwd);
    if (!found.ok) return fail(await sweepAmongRuns(each, root, cwd, found.failure));
    runs.set(found.value.folder, { listed: found.value });
  }
  if (runs.size > 1) return ok({ runs: [...runs.values()] });
  const [only] = runs.values();
  return failed('usage', `${wanted.join(' and ')} are the same run, ${only!.listed.run}`, { expected: 'two runs', hint: 'giverny ls' });
}

async function sweepAmongRuns(wanted: string, root: string, cwd: string, failure: Failure): Promise<Failure> {
  const sweep = await findSweep(wanted, root, cwd);
  return sweep.ok ? failed('usage', `${sweep.value.sweep} is a sweep, which is compared by itself`, { hint: `giverny diff ${sweep.value.sweep}` }).failure : failure;
}

/** Of trials that have a run folder which can be read. Those of others are counted. */
async function trialsOf({ sweep, folder, record }: FoundSweep & { readonly record: SweepRecord }): Promise<Selected> {
  // A sweep named by its folder may lie in another project.
  const project = resolve(folder, '../../..');
  const [runs, states] = [new Map<string, SelectedRun>(), {} as Record<string, number>];
  const { default: pLimit } = await import('p-limit');
  const limit = pLimit(32);
  const read = await Promise.all(record.trials.map((trial) => limit(async () => ({ trial, listed: await runOf(trial, project) }))));
  for (const { trial, listed } of read) {
    const state = typeof listed === 'string' ? listed : listed.state;
    states[state] = (states[state] ?? 0) + 1;
    if (typeof listed !== 'string') runs.set(trial.trial, { listed, values: trial.values });
  }
  return { runs: [...runs.values()], sweep: { sweep, folder, axes: record.axes, states } };
}

async function runOf({ run, identity }: SweepTrial, root: string): Promise<ListedRun | 'missing' | 'damaged'> {
  const folder = join(runsFolder(root), run);
  const read = await readRunRecord(folder);
  if (!read.ok) return 'damaged';
  if (read.value === undefined || read.value.digest !== identity) return 'missing';
  const record = await recordNow(read.value, root);
  return { run, folder, record, state: record.state, latest: false };
}
