/**
 * The run that a config names, as in `init_from: monet2photo-3f9a`. A config is checked without waiting, so this reads
 * synchronously, and only where a config names a run.
 */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { nearestName } from '../config/nearest-name.ts';
import { failed, ok, type Result } from '../failure.ts';
import type { FoundRun } from '../stage.ts';
import { latestName } from './latest.ts';
import { runsFolder } from './list-runs.ts';
import { readRunRecordSync, type MeantByLatest, type RunRecord } from './run-record.ts';

/** Finds the run that `name` means. */
export type RunFinder = (name: string) => Result<FoundRun>;

export interface NamedRuns {
  /** Failures: `run-not-found`, `run-folder-damaged`. */
  readonly find: RunFinder;
  /** What `latest` was found to mean so far: for the record of the run that this config begins. */
  latest(): MeantByLatest | undefined;
}

const idLength = 12;

/**
 * The runs that the config in `file` can name. `latest` is the run last invoked; but from its first moment on that is the
 * run of this very config, which, repeated, must mean what it meant before: then it is what that run's record says. Which
 * file it is decides, not how the command spells it, nor what it overrides besides.
 */
export function namedRuns(root: string, file: string): NamedRuns {
  const runs = runsFolder(root);
  let latest: MeantByLatest | undefined;
  const find = (name: string): Result<FoundRun> => {
    if (name !== latestName) return findNamed(runs, name, name);
    const config = configName(root, file);
    const found = findLatest(runs, config);
    if (found.ok) latest = { config, run: found.value.run };
    return found;
  };
  return { find, latest: () => latest };
}

/** Links resolved: one file, one name. */
const configName = (root: string, file: string): string => relative(realpathSync(root), realpathSync(file)).replaceAll(sep, '/');

function findLatest(runs: string, config: string): Result<FoundRun> {
  const last = readLatestSync(runs);
  if (last === undefined) return notFound(latestName, [], runNames(runs));
  const record = readRunRecordSync(join(runs, last));
  if (!record.ok) return record;
  if (record.value?.latest?.config !== config) return findNamed(runs, last, latestName);
  const { run } = record.value.latest;
  const names = runNames(runs);
  return names.includes(run) ? findNamed(runs, run, latestName) : gone(last, join(runs, run), names);
}

/** `written`: as the config says it. */
function findNamed(runs: string, wanted: string, written: string): Result<FoundRun> {
  const names = runNames(runs);
  const found = matching(wanted, names);
  if (found.length !== 1) return notFound(written, found, names);
  const folder = join(runs, found[0]!);
  const record = readRunRecordSync(folder);
  if (!record.ok) return record;
  return record.value === undefined ? notFound(written, [], names) : ok(foundRun(folder, record.value));
}

const foundRun = (folder: string, { state }: RunRecord): FoundRun => ({ run: basename(folder), folder, state });

function runNames(runs: string): readonly string[] {
  try {
    return readdirSync(runs).filter((name) => name !== latestName && !name.startsWith('.')).sort();
  } catch {
    return []; // no run yet
  }
}

function readLatestSync(runs: string): string | undefined {
  const link = join(runs, latestName);
  for (const read of [() => readlinkSync(link), () => readFileSync(link, 'utf8')]) {
    try {
      return basename(read().trim());
    } catch {
      // the other form of it, or none
    }
  }
  return undefined;
}

function matching(wanted: string, names: readonly string[]): readonly string[] {
  if (names.includes(wanted)) return [wanted];
  const isId = /^[0-9a-f]+$/.test(wanted);
  return names.filter((name) => name.startsWith(wanted) || (isId && name.slice(-idLength).startsWith(wanted.slice(0, idLength))));
}

const listedAtMost = 5;

function notFound(name: string, found: readonly string[], names: readonly string[]): Result<never> {
  if (found.length > 1) {
    return failed('run-not-found', `${found.length} runs begin with ${name}`, { expected: `one of ${listed(found)}`, hint: 'write more of its name' });
  }
  if (names.length === 0) return failed('run-not-found', `there is no run ${name}: there are no runs here yet`, { hint: 'write the path of a folder, as in ./models, or --root DIR to look elsewhere' });
  // A name without its id is what people remember.
  const plain = new Map(names.flatMap((each) => [[each, each], [each.slice(0, -idLength - 1), each]]));
  const near = nearestName(name, plain.keys());
  const hint = near === undefined ? `there are ${listed(names)}; a folder is written with a slash, as in ./models` : `did you mean ${plain.get(near)!}?`;
  return failed('run-not-found', `there is no run ${name}`, { expected: 'the name of a run, its beginning, latest, or a folder', hint });
}

function gone(last: string, folder: string, names: readonly string[]): Result<never> {
  return failed('run-not-found', `${folder} does not exist: latest means that run here, as when ${last} began with it`, {
    expected: 'a run that is there', hint: `name one instead of latest: ${listed(names)}`,
  });
}

const listed = (names: readonly string[]): string => names.slice(0, listedAtMost).join(', ') + (names.length > listedAtMost ? ', …' : '');
