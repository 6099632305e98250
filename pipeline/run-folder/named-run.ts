/**
 * The run that a config names, as in `init_from: monet2photo-3f9a`. A config is checked without waiting, so this reads
 * synchronously, and only where a config names a run.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { nearestName } from '../config/nearest-name.ts';
import { failed, ok, type Result } from '../failure.ts';
import type { FoundRun } from '../stage.ts';
import { latestName } from './latest.ts';
import { runsFolder } from './list-runs.ts';
import { readRunRecordSync, type RunRecord } from './run-record.ts';

/** Finds the run that `name` means, written at `parameter` (its path in the config: `stages`, `train`, `init_from`). */
export type RunFinder = (name: string, parameter: readonly string[]) => Result<FoundRun>;

/** Whether a run was started by the command that is planned now. */
export type IsThisCommand = (command: readonly string[]) => boolean;

const idLength = 12;

/**
 * Failures of the finder: `run-not-found`, `run-folder-damaged`. `latest` is the run last invoked; but from its first
 * moment on that is the run of this very command, which, repeated, must mean what it meant before: then it is what that
 * run's config.yaml says.
 */
export function runFinder(root: string, isThisCommand: IsThisCommand): RunFinder {
  const runs = runsFolder(root);
  return (name, parameter) => {
    const names = runNames(runs);
    const wanted = name === latestName ? readLatestSync(runs) : name;
    const found = wanted === undefined ? [] : matching(wanted, names);
    if (found.length !== 1) return notFound(name, found, names);
    const folder = join(runs, found[0]!);
    const record = readRunRecordSync(folder);
    if (!record.ok) return record;
    if (record.value === undefined) return notFound(name, [], names);
    const meantBefore = name === latestName && isThisCommand(record.value.command) ? writtenIn(folder, parameter) : undefined;
    return ok(meantBefore ?? foundRun(folder, record.value));
  };
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

/** What the parameter was resolved to in the run's own config: a folder, by its absolute path. */
function writtenIn(folder: string, parameter: readonly string[]): FoundRun | undefined {
  try {
    const config: unknown = parse(readFileSync(join(folder, 'config.yaml'), 'utf8'));
    const value = parameter.reduce((node: unknown, key) => (node as Readonly<Record<string, unknown>>)[key], config);
    return typeof value === 'string' ? { run: basename(folder), folder: value, state: 'done' } : undefined;
  } catch {
    return undefined; // killed before it was written: the run itself is meant, and says that it is not finished
  }
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

const listed = (names: readonly string[]): string => names.slice(0, listedAtMost).join(', ') + (names.length > listedAtMost ? ', …' : '');
