/** `giverny sweep CONFIG path=a,b,c…`: plans all trials as one, says what that costs, and runs it. */
import type { Catalog, EngineSelectionHelp } from '../catalog.ts';
import { openCache, type Cache } from '../cache/cache.ts';
import { ownerName, self } from '../cache/owner.ts';
import { readConfig, type ConfigDocument } from '../config/read/extends.ts';
import { resolveOverridden } from '../config/load.ts';
import { applyOverride } from '../config/override/apply-override.ts';
import { ConfigVariants } from '../config/variants.ts';
import { fail, ok, type Result } from '../failure.ts';
import { namedRuns } from '../run-folder/named-run.ts';
import { costOf, costText, type SweepCost } from '../sweep/cost.ts';
import type { ExecutorChoice } from '../sweep/executor.ts';
import { chooseExecutor, type ExecutorRequest } from '../sweep/executors.ts';
import { makeJobs, type SweepJobs } from '../sweep/make-jobs.ts';
import { MergedDag } from '../sweep/merged-dag.ts';
import { overridesOf, planSweep, type SweepPlan } from '../sweep/plan-sweep.ts';
import { StageTimings } from '../sweep/stage-timings.ts';
import type { SweepSpec } from '../sweep/spec/sweep-spec.ts';
import { sweepFolderName, sweepsFolder } from '../sweep/sweep-folder.ts';
import { sweepRecordSchema, type SweepRecord } from '../sweep/sweep-record.ts';
import { TrialPlanner } from '../sweep/trial-planner.ts';
import { writeSweep } from '../sweep/write-sweep.ts';
import { join } from 'node:path';
import type { CommandIo } from './command.ts';
import { findConfig } from './find-config.ts';
import { printFailure } from './print-failure.ts';
import { typedCommand } from './run-arguments.ts';
import { readSweepArguments, type SweepArguments } from './sweep-arguments.ts';
import { freeOfOthers } from './sweep-found.ts';
import { printSweepPlan } from './sweep-plan-words.ts';
import { runSweep, SweepSession } from './sweep-session.ts';

export async function sweepRun(args: readonly string[], io: CommandIo): Promise<number> {
  const session = new SweepSession(io, args.includes('--json'));
  try {
    const ended = await plannedAndRun(args, io, session);
    if (ended.ok) return ended.value;
    session.close();
    return printFailure(session.stopped() ?? ended.failure, io);
  } finally {
    session.dispose();
  }
}

/** The exit code. */
async function plannedAndRun(args: readonly string[], io: CommandIo, session: SweepSession): Promise<Result<number>> {
  const given = await readSweepArguments(args, io, session.say);
  if (!given.ok) return given;
  const executor = await chooseExecutor(executorRequest(given.value.spec, io, session.say), session.localChoice(given.value.memory));
  if (!executor.ok) return executor;
  const planned = await planFrom(given.value, executor.value, io, session);
  if (!planned.ok) return planned;
  const { plan, cost } = planned.value;
  const atOnce = executor.value.on === 'local' ? session.trialsAtOnce(plan, given.value) : given.value.spec.jobs ?? executor.value.jobsAtOnce;
  const text = costText(cost, atOnce);
  if (given.value.dryRun) {
    printSweepPlan(plan, cost, text, given.value.json, io);
    return ok(0);
  }
  session.reporter.report({ event: 'sweep-planned', sweep: sweepFolderName(plan.name, plan.digest), text, ...cost });
  const begun = await begin(args, given.value, executor.value, planned.value, io);
  if (!begun.ok) return begun;
  return runSweep({ ...begun.value, executor: executor.value, detach: given.value.detach, cache: planned.value.cache, session, io });
}

/** `slurm` by its name is the configuration in the project, or the one that comes with giverny. */
function executorRequest({ on = { on: 'local', folder: '.' } }: SweepSpec, io: CommandIo, say: (line: string) => void): ExecutorRequest {
  if (on.on !== 'slurm') return on;
  const file = findConfig('configs/executors/slurm.yaml', io, say);
  return file.ok ? { ...on, on: file.value } : on;
}

interface Planned {
  readonly plan: SweepPlan;
  readonly cost: SweepCost;
  readonly planner: TrialPlanner;
  readonly cache: Cache;
}

async function planFrom({ spec, dryRun, offline }: SweepArguments, executor: ExecutorChoice, io: CommandIo, session: SweepSession): Promise<Result<Planned>> {
  const document = await readConfig(spec.config);
  if (!document.ok) return placedAtConfig(document, spec);
  const cache = await openCache(io.root);
  if (!cache.ok) return cache;
  const help: EngineSelectionHelp = {
    provision: !dryRun, offline, stop: session.stop, say: session.say,
    progress: (label, progress) => session.reporter.report({ event: 'preparing', label, progress }),
  };
  const resolving = { catalog: io.catalog, cwd: io.cwd, findRun: namedRuns(io.root, spec.config).find };
  const planner = new TrialPlanner({
    variants: new ConfigVariants(document.value, resolving), catalog: asExecutorHasIt(io.catalog, executor), root: io.root, help,
    surroundings: { environment: process.env, digester: cache.value.digester },
  });
  const plan = await planSweep(spec, { planner, dag: new MergedDag(cache.value, new StageTimings(cache.value), { turns: !dryRun }), seed: seedOf(document.value, spec) });
  if (!plan.ok) return plan;
  for (const warning of [...(await configWarnings(document.value, plan.value, resolving)), ...plan.value.warnings]) session.say(warning);
  return ok({ plan: plan.value, cost: costOf(plan.value), planner, cache: cache.value });
}

/** A config that a sweep's file names: where it does. */
function placedAtConfig<T>(read: Result<T>, { configWhere, file }: SweepSpec): Result<T> {
  if (read.ok || file === undefined || configWhere === undefined || read.failure.code !== 'config-not-found') return read;
  return fail({ ...read.failure, where: configWhere });
}

const asExecutorHasIt = (catalog: Catalog, { engineRequest }: ExecutorChoice): Catalog =>
  (engineRequest === undefined ? catalog : { ...catalog, selectEngine: (request, help) => catalog.selectEngine(engineRequest(request), help) });

function seedOf({ root }: ConfigDocument, { fixed }: SweepSpec): number {
  const typed = fixed.findLast(({ path }) => path.length === 1 && path[0] === 'seed')?.value;
  const node = typed ?? root.entries.get('seed')?.node;
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : 1;
}

/** What a run of the first trial would say of the config. */
async function configWarnings(document: ConfigDocument, { trials, fixed, halving }: SweepPlan, resolving: Parameters<typeof resolveOverridden>[2]): Promise<readonly string[]> {
  const first = trials[0]!;
  const overrides = overridesOf(fixed, first.point, halving, first.runs[0]!.epochs);
  let root = document.root;
  for (const override of overrides) {
    const written = applyOverride(root, override);
    if (!written.ok) return [];
    root = written.value;
  }
  const whole = await resolveOverridden(document, { root, overrides }, resolving);
  return whole.ok ? whole.value.config.warnings : [];
}

async function begin(args: readonly string[], { spec, offline }: SweepArguments, executor: ExecutorChoice, { plan, planner, cache }: Planned, io: CommandIo): Promise<Result<{ readonly folder: string; readonly record: SweepRecord; write(): Promise<Result<void>> }>> {
  const folder = join(sweepsFolder(io.root), sweepFolderName(plan.name, plan.digest));
  const jobs = makeJobs(plan);
  const record = recordOf(args, spec, offline, executor, plan, jobs, { pid: process.pid, owner: ownerName(await self()) });
  return ok({ folder, record, write: async () => {
    const free = await freeOfOthers(folder, record, io);
    return free.ok ? writeSweep({ folder, root: io.root, cache, record, plan, jobs, planner }) : free;
  } });
}

function recordOf(
  args: readonly string[], { config, file, onError, jobs: jobsAtOnce }: SweepSpec, offline: boolean, executor: ExecutorChoice, plan: SweepPlan, jobs: SweepJobs, worker: SweepRecord['process'],
): SweepRecord {
  const { name, digest, axes, engine, halving } = plan;
  return {
    schema: sweepRecordSchema, name, digest, command: typedCommand('sweep', args), config, ...(file === undefined ? {} : { file }), on: executor.on,
    ...(engine === undefined ? {} : { engine }), process: worker, startedAt: new Date().toISOString(), onError, ...(jobsAtOnce === undefined ? {} : { jobsAtOnce }), offline,
    axes, trials: jobs.recorded, jobs: [...jobs.shared.map(({ home: _home, ...job }) => job), ...jobs.trials], ...(halving === undefined ? {} : { halving }),
  };
}

