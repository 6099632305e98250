/** `giverny verify [RUN]`: executes a run again, without the cache, and holds what it makes against what the run recorded. */
import { join, resolve } from 'node:path';
import { openCache, type Attempt, type Cache } from '../cache/cache.ts';
import type { Catalog } from '../catalog.ts';
import { configDigest } from '../execute/choose-engine.ts';
import { StageProcesses } from '../execute/stage-processes.ts';
import { runPlan } from '../execute/run-plan.ts';
import { listenForStop, type StopSignals } from '../execute/stop-signals.ts';
import { fail, failed, ok, type Result } from '../failure.ts';
import { Reporters } from '../progress/events.ts';
import { plainReporter } from '../progress/plain.ts';
import { terminalReporter } from '../progress/terminal.ts';
import { durationText } from '../progress/words.ts';
import { findRun } from '../run-folder/find-run.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';
import { differencesFrom } from '../verify/elsewhere.ts';
import { changedSince } from '../verify/changed-since.ts';
import { hybridCache } from '../verify/hybrid-cache.ts';
import { scopeOf, type VerificationScope } from '../verify/scope.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { makePlan, type MadePlan } from './make-plan.ts';
import { printFailure } from './print-failure.ts';
import { typedCommand } from './run-arguments.ts';
import { compareScope, printVerification } from './verify-words.ts';
import { givernyVersion } from './version.ts';

interface VerifyArguments {
  readonly run: string;
  readonly stage: string | undefined;
  readonly offline: boolean;
  readonly json: boolean;
}

export async function verifyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('verify', args, { stage: { type: 'string' }, offline: { type: 'boolean' }, json: { type: 'boolean' } } as const, 1);
  if (!line.ok) return printFailure(line.failure, io);
  const { positionals: [run = 'latest'], flags } = line.value;
  const found = await findRun(run, io.root, io.cwd);
  if (!found.ok) return printFailure(found.failure, io);
  const reporters = new Reporters([io.terminal ? terminalReporter({ stream: process.stderr, color: io.color }) : plainReporter({ write: io.stderr })]);
  const processes = new StageProcesses();
  const signals = listenForStop({
    first: () => reporters.report({ event: 'message', line: 'stopping; the run stays as it is. Ctrl-C again stops at once' }),
    second: () => { processes.kill(); reporters.close(); },
  });
  const given = { run, stage: flags.stage, offline: flags.offline === true, json: flags.json === true };
  try {
    const code = await verify({ given, run: found.value, io: { ...io, root: resolve(found.value.folder, '../..') }, reporters, processes, signals, command: typedCommand('verify', args) });
    if (code.ok) return code.value;
    reporters.close();
    return printFailure(stopped(signals) ?? code.failure, io);
  } finally {
    signals.dispose();
    reporters.close();
  }
}

/** Nothing is continued: what a verification has made is gone with it. */
function stopped(signals: StopSignals) {
  const failure = signals.failure();
  return failure && { ...failure, message: `${failure.code}; the run is as it was` };
}

interface Verifying {
  readonly given: VerifyArguments;
  readonly run: ListedRun;
  readonly io: CommandIo;
  readonly reporters: Reporters;
  readonly processes: StageProcesses;
  readonly signals: StopSignals;
  readonly command: readonly string[];
}

/** The exit code, where it came to a verdict. */
async function verify(verifying: Verifying): Promise<Result<number>> {
  const { given, run, io, reporters, signals } = verifying;
  const say = (line: string): void => reporters.report({ event: 'message', line });
  const made = await makePlan({ config: join(run.folder, 'config.yaml'), overrides: [], force: 'nothing', refetch: false, offline: given.offline, jobs: 1, dryRun: false, json: false }, io, {
    provision: true, offline: given.offline, stop: signals.stop, say, progress: (label, progress) => reporters.report({ event: 'preparing', label, progress }),
  });
  if (!made.ok) return made;
  const scope = await scopeOf(made.value.plan, run, given.stage, made.value.cache);
  if (!scope.ok) return scope;
  const { executed, seconds } = scope.value;
  say(`verifying ${run.run}: ${executed.join(', ')} ${executed.length === 1 ? 'runs' : 'run'} again, which took ${durationText(seconds)} last time`);
  const changed = await changedSince(run.folder, scope.value.plan);
  for (const line of changed) say(`changed since the run: ${line}`);
  const attempt = await made.value.cache.attempt('verify');
  if (!attempt.ok) return attempt;
  try {
    return await inTemporaryPlace(attempt.value, made.value, scope.value, verifying);
  } finally {
    await attempt.value.remove().catch(() => undefined);
  }
}

async function inTemporaryPlace(attempt: Attempt, made: MadePlan, scope: VerificationScope, verifying: Verifying): Promise<Result<number>> {
  const { given, run, io, reporters, signals } = verifying;
  const fresh = await openCache(attempt.scratch);
  if (!fresh.ok) return fresh;
  const cache = hybridCache(fresh.value, made.cache, scope.taken);
  const executed = await execute(attempt.scratch, cache, made, scope, verifying);
  if (!executed.ok) return executed;
  reporters.close();
  if (signals.stop.aborted) return fail(stopped(signals)!);
  const [failure] = executed.value;
  if (failure !== undefined) return fail(failure);
  const elsewhere = await differencesFrom(run.folder, made.plan.engine);
  const stages = await compareScope({ scope, run, kept: made.cache, fresh: cache, freshRoot: attempt.scratch, places: made.places, elsewhere: elsewhere.length > 0, ...(io.catalog.compareFiles && { compareNumbers: io.catalog.compareFiles }) });
  printVerification({ run: run.run, stages, elsewhere, json: given.json }, io);
  return ok(stages.some(({ verdict }) => verdict === 'differs') ? 1 : 0);
}

/** The failures of stages, if any. Nobody looks at the report of a verification: none is rendered. */
async function execute(root: string, cache: Cache, { places }: MadePlan, { plan }: VerificationScope, { io, given, reporters, processes, signals, command }: Verifying) {
  const catalog: Catalog = { ...io.catalog, writeReport: async (folder) => join(folder, 'report.html'), summarize: async () => [] };
  const outcome = await runPlan({
    plan, places, cache, catalog, root, reporters, processes, signals, command, givernyVersion, stageProcess: io.stageProcess,
    configDigest: configDigest(plan.config), forced: new Set(), jobs: 1, offline: given.offline, latest: undefined, shown: (path) => path,
  });
  if (!outcome.ok) return outcome;
  const { state, failures } = outcome.value;
  return state === 'done' || failures.length > 0 ? ok(failures) : failed('interrupted', 'interrupted');
}
