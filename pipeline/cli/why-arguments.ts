/** What `giverny why` is asked about: a config with overrides, or a run; one stage of it, or those that ran. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearestName } from '../config/nearest-name.ts';
import { fail, failed, ok, type Failure, type Result } from '../failure.ts';
import { findRun } from '../run-folder/find-run.ts';
import { listRuns, type ListedRun } from '../run-folder/list-runs.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';

interface Asked {
  readonly json: boolean;
  /** Undefined: all that would run, or that ran. */
  readonly stage: string | undefined;
}

export type WhyArguments =
  | (Asked & { readonly about: 'config'; readonly config: string; readonly overrides: readonly string[] })
  | (Asked & { readonly about: 'run'; readonly run: ListedRun });

const usage = 'giverny why CONFIG|RUN [STAGE] [path=value…]';
const hint = 'giverny why --help';

type WhyIo = Pick<CommandIo, 'root' | 'cwd'>;

/** A file is a config; any other name a run, or, standing alone, a stage of the latest one, which is also what no name means. */
export async function readWhyArguments(args: readonly string[], io: WhyIo): Promise<Result<WhyArguments>> {
  const line = readCommandLine('why', args, { json: { type: 'boolean' } } as const);
  if (!line.ok) return line;
  const json = line.value.flags.json === true;
  const [first, ...rest] = line.value.positionals;
  const config = first !== undefined && isConfig(first, io.cwd) ? first : undefined;
  const isOverride = (argument: string): boolean => argument.includes('=');
  const names = config === undefined ? line.value.positionals.filter((argument) => !isOverride(argument)) : rest.filter((argument) => !isOverride(argument));
  const overrides = (config === undefined ? line.value.positionals : rest).filter(isOverride);
  const most = config === undefined ? 2 : 1;
  if (names.length > most) return failed('usage', `giverny why takes a config or a run and one stage, and cannot use ${names[most]!}`, { expected: usage, hint });
  if (config !== undefined) return ok({ json, about: 'config', config, overrides, stage: names[0] });
  if (overrides[0] !== undefined) return failed('usage', `giverny why: ${overrides[0]} overrides a config, and none is named`, { expected: usage, hint });
  const asked = await runAndStage(names, io);
  return asked.ok ? ok({ json, about: 'run', ...asked.value }) : asked;
}

function isConfig(name: string, cwd: string): boolean {
  const found = statSync(resolve(cwd, name), { throwIfNoEntry: false });
  return found === undefined ? /\.ya?ml$/.test(name) : found.isFile();
}

interface RunAndStage {
  readonly run: ListedRun;
  readonly stage: string | undefined;
}

async function runAndStage([first, second]: readonly string[], { root, cwd }: WhyIo): Promise<Result<RunAndStage>> {
  const latest = await findRun('latest', root, cwd);
  if (first === undefined) return latest.ok ? ok({ run: latest.value, stage: undefined }) : latest;
  // Its whole name is meant before the beginning of a run's.
  const isStage = second === undefined && latest.ok && Object.hasOwn(latest.value.record.stages, first);
  if (isStage) return ok({ run: latest.value, stage: first });
  const run = await findRun(first, root, cwd);
  if (run.ok) return ok({ run: run.value, stage: second });
  return fail(second === undefined && run.failure.code === 'run-not-found' ? await notFound(first, run.failure, latest, root) : run.failure);
}

async function notFound(name: string, failure: Failure, latest: Result<ListedRun>, root: string): Promise<Failure> {
  const runs = await listRuns(root);
  const isAmbiguous = runs.some(({ run, record }) => run.startsWith(name) || record.digest.startsWith(name));
  if (isAmbiguous || runs.length === 0 || /[/\\]/.test(name)) return failure;
  const stages = latest.ok ? Object.keys(latest.value.record.stages) : [];
  const near = nearestName(name, [...stages, ...runs.flatMap(({ run }) => [run, run.slice(0, run.lastIndexOf('-'))])]);
  return failed('run-not-found', `${name} is no config, no run, and no stage of the latest run`, {
    expected: usage, hint: near === undefined ? 'giverny ls' : `did you mean ${near}?`,
  }).failure;
}
