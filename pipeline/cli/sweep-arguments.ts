/** The arguments of `giverny sweep`: a config or a sweep's file, what is varied, and how. They go before what the file says. */
import { readFileSync } from 'node:fs';
import { parseYaml } from '../config/read/parse-yaml.ts';
import { parseOverride } from '../config/override/override.ts';
import { toJson } from '../config/tree/config-node.ts';
import { commandLine, sourceOf, type SourceText } from '../config/tree/source.ts';
import { failed, ok, type Result } from '../failure.ts';
import type { Json } from '../stage.ts';
import { mostSamples } from '../sweep/spec/sweep-schema.ts';
import { readSweepFile } from '../sweep/spec/read-sweep-file.ts';
import type { Exclusion, Sample, SweepSpec } from '../sweep/spec/sweep-spec.ts';
import { readTyped, typedLayer, type Typed } from '../sweep/spec/typed-axes.ts';
import { callIn } from '../sweep/spec/value-functions.ts';
import { readSize } from './cache-limits.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { findConfig } from './find-config.ts';

export interface SweepArguments {
  readonly spec: SweepSpec;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly offline: boolean;
  /** Hand the jobs over and do not wait for them. */
  readonly detach: boolean;
  /** Bytes of memory to count for each training that runs at once. */
  readonly memory: number | undefined;
}

const flags = {
  'on': { type: 'string' },
  'on-error': { type: 'string' },
  'name': { type: 'string' },
  'seeds': { type: 'string' },
  'sample': { type: 'string' },
  'zip': { type: 'string' },
  'memory': { type: 'string' },
  'jobs': { type: 'string', short: 'j' },
  'dry-run': { type: 'boolean', short: 'n' },
  'detach': { type: 'boolean' },
  'offline': { type: 'boolean' },
  'json': { type: 'boolean' },
} as const;

type Flags = { readonly [Name in keyof typeof flags]?: (typeof flags)[Name]['type'] extends 'boolean' ? boolean : string };

const hint = 'giverny sweep --help';

/** Failures: `usage`, those of reading a sweep's file, and of each value. `say` is told when the config is giverny's own. */
export async function readSweepArguments(args: readonly string[], io: Pick<CommandIo, 'cwd'>, say: (line: string) => void): Promise<Result<SweepArguments>> {
  const { exclusions, rest } = takeExclusions(args);
  if (exclusions.includes(undefined)) return failed('usage', '--exclude needs values', { expected: "--exclude 'loss.weights.cycle=5,seed=2'", hint });
  const line = readCommandLine('sweep', rest, flags);
  if (!line.ok) return line;
  const { positionals: [named, ...typed], flags: given } = line.value;
  if (named === undefined || named.includes('=')) return failed('usage', 'giverny sweep needs a config, or a sweep\'s file', { expected: 'giverny sweep CONFIG path=a,b,c…', hint });
  const stray = typed.find((each) => !each.includes('='));
  const before = stray === undefined ? undefined : typed[typed.indexOf(stray) - 1];
  if (before?.endsWith(',') === true) return failed('usage', `the space after the comma ends the values: ${before} and ${stray} are two arguments`, { expected: `${before}${stray}`, hint });
  if (stray !== undefined) return failed('usage', `giverny sweep takes one config, and ${stray} is not path=values`, { expected: 'loss.weights.cycle=1,5,10', hint });
  const file = findConfig(named, io, say);
  if (!file.ok) return file;
  const written = isSweepFile(file.value) ? await readSweepFile(file.value) : ok(plainSpec(file.value));
  if (!written.ok) return written;
  const varied = withTyped(written.value, typed, io.cwd);
  if (!varied.ok) return varied;
  const excluded = withExclusions(varied.value, exclusions as readonly string[], io.cwd);
  if (!excluded.ok) return excluded;
  const spec = withFlags(excluded.value, given, io.cwd);
  if (!spec.ok) return spec;
  const memory = given.memory === undefined ? ok(undefined) : readSize(given.memory);
  if (!memory.ok) return failed('usage', `--memory ${given.memory!} is not a size`, { expected: '3GB', hint });
  return ok({ spec: spec.value, memory: memory.value, dryRun: given['dry-run'] === true, json: given.json === true, offline: given.offline === true, detach: given.detach === true });
}

/** It may be given several times, which parseArgs' wrapper does not know. */
function takeExclusions(args: readonly string[]): { readonly exclusions: readonly (string | undefined)[]; readonly rest: readonly string[] } {
  const exclusions: (string | undefined)[] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index]!;
    if (argument === '--exclude') exclusions.push(args[(index += 1)]);
    else if (argument.startsWith('--exclude=')) exclusions.push(argument.slice('--exclude='.length));
    else rest.push(argument);
  }
  return { exclusions, rest };
}

/** A sweep's file has a config; a config has stages, or extends one that does. What is neither is read as a config, which says what is wrong. */
function isSweepFile(file: string): boolean {
  try {
    const parsed = parseYaml({ file, folder: '', text: readFileSync(file, 'utf8') }, 0);
    if (!parsed.ok || parsed.value.kind !== 'map') return false;
    const { entries } = parsed.value;
    return !entries.has('stages') && !entries.has('extends') && (entries.has('config') || entries.has('axes'));
  } catch {
    return false;
  }
}

const plainSpec = (config: string): SweepSpec => ({
  name: undefined, config, file: undefined, fixed: [], axes: [], zip: [], exclude: [], seeds: undefined, sample: undefined, halving: undefined,
  on: undefined, onError: 'continue', jobs: undefined,
});

function withTyped(spec: SweepSpec, texts: readonly string[], cwd: string): Result<SweepSpec> {
  let { fixed, axes } = spec;
  const seen = new Set<string>();
  for (const text of texts) {
    const typed = readTyped(text, cwd);
    if (!typed.ok) return typed;
    const path = pathOf(typed.value);
    if (seen.has(path)) return failed('usage', `${path} is given twice`, { expected: `all its values in one: ${path}=a,b,c`, hint });
    seen.add(path);
    const others = fixed.filter((override) => override.path.join('.') !== path);
    const position = axes.findIndex((axis) => axis.path === path);
    if ('fixed' in typed.value) {
      fixed = [...others, typed.value.fixed];
      axes = axes.filter((axis) => axis.path !== path);
    } else {
      fixed = others;
      axes = position < 0 ? [...axes, typed.value.axis] : axes.with(position, typed.value.axis);
    }
  }
  // What is no longer varied cannot go together with anything.
  const zip = spec.zip.map((group) => group.filter((name) => !fixed.some(({ path }) => path.join('.') === name))).filter((group) => group.length > 1);
  return ok({ ...spec, fixed, axes, zip, ...(seen.has('seed') ? { seeds: undefined } : {}) });
}

const pathOf = (typed: Typed): string => ('fixed' in typed ? typed.fixed.path.join('.') : typed.axis.path);

/** `loss.weights.cycle=5,seed=2`: both at once. */
function withExclusions(spec: SweepSpec, texts: readonly string[], cwd: string): Result<SweepSpec> {
  const exclude: Exclusion[] = [...spec.exclude];
  for (const text of texts) {
    const source: SourceText = { file: commandLine, folder: cwd, text };
    const conditions = new Map<string, readonly Json[]>();
    for (const condition of text.split(/,(?=[^=,[\]{}"']+=)/)) {
      const parsed = parseOverride(condition.trim(), typedLayer, cwd);
      if (!parsed.ok) return parsed;
      conditions.set(parsed.value.path.join('.'), [toJson(parsed.value.value)]);
    }
    exclude.push({ conditions, source: sourceOf(source, 0, text.length) });
  }
  return ok({ ...spec, exclude });
}

function withFlags(spec: SweepSpec, given: Flags, cwd: string): Result<SweepSpec> {
  const jobs = given.jobs === undefined ? spec.jobs : readCount(given.jobs);
  if (jobs === undefined && given.jobs !== undefined) return failed('usage', `--jobs ${given.jobs} is not a number of trials`, { expected: 'a whole number from 1', hint });
  const seeds = given.seeds === undefined ? spec.seeds : readSeeds(given.seeds);
  if (seeds === undefined && given.seeds !== undefined) return failed('usage', `--seeds ${given.seeds} names no seeds`, { expected: '--seeds 3, or --seeds 1,2,5', hint });
  const asked = Number(/\d+$/.exec(given.sample ?? '')?.[0] ?? 0);
  if (asked > mostSamples) return failed('usage', `--sample ${given.sample!} draws more trials than a sweep may have`, { expected: `at most ${mostSamples}`, hint });
  const sample = given.sample === undefined ? spec.sample : readSample(given.sample);
  if (sample === undefined && given.sample !== undefined) return failed('usage', `--sample ${given.sample} is not understood`, { expected: '--sample 20, or --sample random:20', hint });
  const onError = given['on-error'] ?? spec.onError;
  if (onError !== 'continue' && onError !== 'stop') return failed('usage', `--on-error ${onError} is not understood`, { expected: 'continue or stop', hint });
  if (given.name !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(given.name)) return failed('usage', `--name ${given.name} cannot be a folder's name`, { expected: 'letters, digits, dots, dashes', hint });
  return ok({
    ...spec, jobs, seeds, sample, onError, name: given.name ?? spec.name,
    on: given.on === undefined ? spec.on : { on: given.on, folder: cwd },
    ...(given.zip === undefined ? {} : zipTyped(given.zip, cwd)),
  });
}

function zipTyped(zip: string, cwd: string): Pick<SweepSpec, 'zip' | 'zipSources'> {
  const group = zip.split(',').map((name) => name.trim());
  const text = `--zip ${zip}`;
  return { zip: [group], zipSources: new Map(group.map((name) => [name, sourceOf({ file: commandLine, folder: cwd, text }, text.indexOf(name), text.indexOf(name) + name.length)])) };
}

const readCount = (text: string): number | undefined => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined);

function readSeeds(text: string): number | readonly number[] | undefined {
  const called = callIn(text);
  if (called !== undefined) return 'values' in called ? called.values : undefined;
  const seeds = text.split(',').map((part) => part.trim());
  if (seeds.some((seed) => !/^\d{1,10}$/.test(seed))) return undefined;
  return seeds.length === 1 ? readCount(seeds[0]!) : seeds.map(Number);
}

function readSample(text: string): Sample | undefined {
  const [, method = 'latin-hypercube', trials] = /^(?:(random|latin-hypercube):)?([1-9]\d*)$/.exec(text) ?? [];
  return trials === undefined ? undefined : { method: method as Sample['method'], trials: Number(trials), seed: 1 };
}

