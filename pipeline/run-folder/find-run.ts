/** Which run a person means: `latest`, `latest~1` (see {@link before}), a folder's path, its name, the digits of its id or their beginning, or a tag that it alone has. */
import { readlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fail, failed, ok, type Result } from '../failure.ts';
import { readLabels } from './labels.ts';
import { latestName, readLatest } from './latest.ts';
import { findRuns, newestFirst, runsFolder, type ListedRun } from './list-runs.ts';
import { isTrial, readRunRecord } from './run-record.ts';
import { recordNow } from './run-state.ts';

/** Fails with `run-not-found` where none or several match, or `run-folder-damaged`. */
export async function findRun(wanted: string, root: string, cwd: string): Promise<Result<ListedRun>> {
  if (/[/\\]/.test(wanted) || wanted === '.' || wanted === '..') return runAt(resolve(cwd, wanted), wanted);
  const back = /^latest~(\d*)$/.exec(wanted)?.[1];
  if (back !== undefined) return before(back === '' ? 1 : Number(back), wanted, root);
  const exact = await runCalled(wanted, root);
  if (exact !== undefined) return exact;
  const { runs, damaged: unreadable } = await findRuns(root);
  // A tag is a whole word, so it goes before what only begins so.
  const tagged = wanted === latestName ? [] : runs.filter((run) => hasTag(run, wanted));
  const found = tagged.length > 0 ? tagged : matching(wanted, runs);
  const damaged = found.length > 0 ? undefined : unreadable.find(({ run, latest }) => (wanted === latestName ? latest : run.startsWith(wanted)));
  return damaged === undefined ? only(found, wanted, runs) : fail(damaged.failure);
}

/**
 * `latest~1`: of the other runs the one that was begun or continued last, `latest~2` the one before. A repetition that had
 * nothing to do leaves no time behind, and counts only for `latest` itself; trials of sweeps, which are never the latest, do not.
 */
async function before(steps: number, wanted: string, root: string): Promise<Result<ListedRun>> {
  const { runs } = await findRuns(root);
  const latest = runs.filter((run) => run.latest);
  const line = [...latest, ...runs.filter((run) => !run.latest && !isTrial(run.record)).sort(newestFirst)];
  const found = latest.length === 0 ? undefined : line[steps];
  if (found !== undefined) return ok(found);
  const count = latest.length === 0 ? 0 : line.length - 1;
  return failed('run-not-found', `there is no ${wanted}: ${count === 0 ? 'no run' : count === 1 ? 'one run' : `${count} runs`} came before the latest`, { hint: 'giverny ls' });
}

/** By its whole name, or the latest: there is no need to look at the others. Undefined where there is none. */
async function runCalled(wanted: string, root: string): Promise<Result<ListedRun> | undefined> {
  const latest = await readLatest(runsFolder(root));
  const run = wanted === latestName ? latest : wanted;
  if (run === undefined || run.startsWith('.')) return undefined;
  const folder = join(runsFolder(root), run);
  const read = await readRunRecord(folder);
  if (!read.ok || read.value === undefined) return undefined;
  const record = await recordNow(read.value, root);
  return ok({ run, folder, record, state: record.state, latest: run === latest });
}

function matching(wanted: string, runs: readonly ListedRun[]): readonly ListedRun[] {
  if (wanted === latestName) return runs.filter((run) => run.latest);
  const exact = runs.filter((run) => run.run === wanted);
  return exact.length === 1 ? exact : runs.filter((run) => idOf(run).startsWith(wanted) || run.run.startsWith(wanted));
}

function hasTag({ folder }: ListedRun, tag: string): boolean {
  const labels = readLabels(folder);
  return labels.ok && labels.value.tags.includes(tag);
}

const idOf = (run: ListedRun): string => run.record.digest;

/** A link to a run folder (`latest`, a trial of a sweep) is the folder that it leads to. */
async function runAt(named: string, wanted: string): Promise<Result<ListedRun>> {
  const folder = await readlink(named).then((target) => resolve(dirname(named), target), () => named);
  const read = await readRunRecord(folder);
  if (!read.ok) return read;
  if (read.value === undefined) return failed('run-not-found', `${wanted} is not a run folder: it has no run.json`, { hint: 'giverny ls' });
  const record = await recordNow(read.value, resolve(folder, '../..'));
  const run = basename(folder) === latestName ? `${record.name}-${record.digest.slice(0, 12)}` : basename(folder);
  return ok({ run, folder: resolve(dirname(folder), run), record, state: record.state, latest: false });
}

const newest = (runs: readonly ListedRun[]): ListedRun => [...runs].sort(newestFirst)[0]!;

function only(found: readonly ListedRun[], wanted: string, all: readonly ListedRun[]): Result<ListedRun> {
  if (found.length === 1) return ok(found[0]!);
  const hint = 'giverny ls';
  if (all.length === 0) return failed('run-not-found', 'there are no runs here yet', { hint: 'giverny run CONFIG, or --root DIR to look elsewhere' });
  if (found.length === 0 && wanted === latestName) {
    return failed('run-not-found', 'there is no latest run here: that is the one last given to giverny run, never a trial of a sweep', { expected: `another run, such as ${newest(all).run}`, hint });
  }
  if (found.length === 0) return failed('run-not-found', `no run is called ${wanted}`, { hint });
  const alike = hasTag(found[0]!, wanted) ? 'are tagged' : 'begin with';
  return failed('run-not-found', `${found.length} runs ${alike} ${wanted}`, { expected: found.slice(0, 5).map((run) => run.run).join(', '), hint });
}
