/** One execution of one stage: a work folder of its own, the stage, its outputs into the cache. */
import { join } from 'node:path';
import type { Attempt, CacheEntry, StoreRequest } from '../cache/cache.ts';
import { fileFailure } from '../cache/file-failure.ts';
import { failed, ok, type Failure, type Result } from '../failure.ts';
import { inCanonicalOrder } from '../plan/canonical-json.ts';
import { trajectoryOf } from '../plan/decide.ts';
import type { KeyManifest } from '../plan/key.ts';
import type { PlannedStage } from '../plan/plan.ts';
import { logFile } from '../progress/run-folder-files.ts';
import { publishFiles } from '../run-folder/publish.ts';
import type { Progress } from '../stage.ts';
import { jobInput, plannedOutside, type JobHooks, type StageJob } from './job.ts';
import type { StageLease } from './lease-stage.ts';
import { unsuccessful, type StageOutcome } from './outcome.ts';
import { outsideAsPlanned, outsideStillAsPlanned } from './outside-unchanged.ts';
import { runHere, type JobEnd } from './run-here.ts';
import { runInProcess } from './run-in-process.ts';
import type { RunServices } from './run-services.ts';
import { forgetForced, setCheckpointsAside } from './set-aside.ts';
import { failureOfThrown } from './thrown.ts';

export interface AttemptRequest {
  readonly stage: PlannedStage;
  readonly key: string;
  readonly manifest: KeyManifest;
  /** Why it runs, for people. */
  readonly reason: string;
  readonly forced: boolean;
  /** The finished stages, by name: all that it reads among them. */
  readonly outputs: ReadonlyMap<string, CacheEntry>;
  /** Held by the stage's own process as well, should this one be killed. */
  readonly lease: StageLease;
}

export async function attemptStage(request: AttemptRequest, services: RunServices): Promise<StageOutcome> {
  const { stage, reason } = request;
  if (services.offline && stage.prepared.network === true) {
    return unsuccessful(failed('offline', `${stage.name} needs the network, and --offline was given`).failure, stage.name, 0);
  }
  const attempt = await services.cache.attempt(stage.name);
  if (!attempt.ok) return unsuccessful(attempt.failure, stage.name, 0);
  try {
    services.reporter.report({ event: 'stage-started', stage: stage.name, reason, attempt: attempt.value.id, keepsCheckpoints: keepsCheckpoints(stage) });
    return await execute(request, attempt.value, services);
  } finally {
    // What cannot be removed now (a program left behind still writes there) goes when this process is gone.
    await attempt.value.remove().catch(() => undefined);
  }
}

async function execute(request: AttemptRequest, attempt: Attempt, services: RunServices): Promise<StageOutcome> {
  const { stage, reason } = request;
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const figures: LastFigures = {};
  const made = await makeJob(request, attempt, services);
  if (!made.ok) return unsuccessful(made.failure, stage.name, 0);
  const job = made.value;
  const hooks = hooksOf(stage.name, attempt, services, figures);
  // A stage of the user too: whatever it does, it takes this process nowhere.
  const end = stage.definition.engine || stage.definition.source !== undefined
    ? await runInProcess(job, { entry: services.stageProcess, hooks, stop: services.stop, processes: services.processes, started: (pid) => request.lease.adopt(pid) })
    : await runHere(stage.definition, job, hooks, services.stop);
  const failure = await failureOfEnd(end, stage, attempt, services, hooks);
  if (failure !== undefined) return unsuccessful(await placedInSource(failure, stage), stage.name, elapsed());
  const stored = await store(request, attempt, { seconds: elapsed(), figures: figures.last ?? {} }, services, hooks);
  if (!stored.ok) return unsuccessful(await placedInSource(stored.failure, stage), stage.name, elapsed());
  if (job.checkpoints !== undefined) await forgetForced(job.checkpoints).catch(() => undefined);
  return { state: 'done', entry: stored.value, reason, seconds: stored.value.seconds, ...(figures.last === undefined ? {} : { figures: figures.last }) };
}

/** Where a stage of the user ended or wrote otherwise than it should: at what its file declares. */
async function placedInSource(failure: Failure, { definition: { source } }: PlannedStage): Promise<Failure> {
  const member = failure.code.startsWith('stage-output-') ? 'outputs' : failure.code === 'stage-crashed' ? 'run' : undefined;
  if (source === undefined || failure.where !== undefined || member === undefined) return failure;
  return { ...failure, where: (await import('../user-stages/places.ts')).placeOfMember(source.file, member) };
}

const keepsCheckpoints = ({ prepared }: PlannedStage): boolean => prepared.trajectory !== undefined;

interface LastFigures {
  last?: Readonly<Record<string, number>>;
}

/** Failures: `outside-input-changed`, and the cache's own. */
async function store({ stage, key, manifest }: AttemptRequest, attempt: Attempt, told: Pick<StoreRequest, 'seconds' | 'figures'>, { cache, plan, shown }: RunServices, { warn }: JobHooks): Promise<Result<CacheEntry>> {
  const unchanged = await outsideStillAsPlanned(stage, { digester: cache.digester, shown, warn });
  if (!unchanged.ok) return unchanged;
  return cache.store({
    ...told, key, manifest, warn, identity: stage.identity, uses: stage.definition.uses, stage: stage.name, run: plan.runName,
    folder: attempt.out, outputs: stage.definition.outputs(stage.prepared.params),
    listings: stage.outside.flatMap(({ listing }) => (listing === undefined ? [] : [listing])),
  });
}

/** Failures: `outside-input-changed`, and those of noting what the checkpoints are of. */
async function makeJob({ stage, outputs, forced }: AttemptRequest, attempt: Attempt, { plan, cache, offline, shown }: RunServices): Promise<Result<StageJob>> {
  const unchanged = await outsideAsPlanned(stage, { digester: cache.digester, shown });
  if (!unchanged.ok) return unchanged;
  const trajectory = trajectoryOf(stage, outputs);
  const checkpoints = trajectory === undefined ? undefined : cache.checkpoints(trajectory.digest);
  try {
    if (forced && checkpoints !== undefined) await setCheckpointsAside(checkpoints);
  } catch (error) {
    return fileFailure(error, checkpoints!);
  }
  if (trajectory !== undefined) {
    const { digest, manifest } = trajectory;
    const noted = await cache.trajectories.write({ trajectory: digest, manifest, stage: stage.name, run: plan.runName, started: new Date().toISOString() });
    if (!noted.ok) return noted;
  }
  const outside = plannedOutside(stage.outside);
  return ok({
    stage: stage.name,
    uses: stage.definition.uses,
    ...(stage.definition.source === undefined ? {} : { program: stage.definition.source.program }),
    // The key does not say in which order parameters were written, so no output may depend on it.
    params: inCanonicalOrder(stage.prepared.params),
    seed: plan.config.seed,
    inputs: stage.from.map((name) => jobInput(cache.input(outputs.get(name)!, name))),
    ...(outside === undefined ? {} : { outside }),
    out: attempt.out,
    scratch: attempt.scratch,
    ...(checkpoints === undefined ? {} : { checkpoints }),
    ...(stage.definition.engine && plan.engine !== undefined ? { engine: plan.engine } : {}),
    offline,
  });
}

function hooksOf(stage: string, attempt: Attempt, { reporter, folder, report, places }: RunServices, figures: LastFigures): JobHooks {
  return {
    progress(progress: Progress) {
      if (progress.figures !== undefined) figures.last = progress.figures;
      reporter.report({ event: 'stage-progress', stage, progress });
    },
    log: (line) => reporter.report({ event: 'stage-log', stage, line }),
    warn: (line) => reporter.report({ event: 'stage-warning', stage, line }),
    async publish(paths) {
      if (await publishFiles(attempt.out, paths, join(folder.path, places.get(stage)!.folder))) report.request();
    },
  };
}

/** Undefined where the stage returned well. */
async function failureOfEnd(end: JobEnd, planned: PlannedStage, attempt: Attempt, { stop, folder, shownFolder, cache }: RunServices, { log }: JobHooks): Promise<Failure | undefined> {
  const stage = planned.name;
  const logPath = `${shownFolder}/${logFile(stage)}`;
  if (end.kind === 'returned') {
    if (end.result.ok || end.result.failure.code !== 'interrupted' || stop.aborted) return end.result.ok ? undefined : end.result.failure;
    return failed('stage-crashed', `${stage} says that it was interrupted, and nobody asked it to stop`, { hint: `This is a bug; what it had said is in ${logPath}.` }).failure;
  }
  if (end.kind === 'threw') {
    const { source } = planned.definition;
    const told = planned.prepared.outside?.map(({ path }) => path) ?? [];
    const places = { given: [attempt.folder, folder.path, ...told], cache: cache.folder, log: logPath };
    log(source === undefined ? end.error.stack : (await import('../user-stages/places.ts')).trimmedStack(end.error.stack, source));
    if (stop.aborted && end.error.name === 'AbortError') return failed('interrupted', 'interrupted').failure;
    const systems = end.error.code === undefined ? undefined : failureOfThrown(end.error, stage, places);
    if (source !== undefined && (systems === undefined || systems.code === 'stage-crashed')) return (await import('../user-stages/thrown.ts')).threwInRun(end.error, stage, source, logPath);
    return failureOfThrown(end.error, stage, places);
  }
  // Until the stage's process listens, Ctrl-C reaches it as it reaches every process of the terminal.
  if (stop.aborted && (end.signal === 'SIGINT' || end.signal === 'SIGTERM')) return failed('interrupted', 'interrupted').failure;
  return failureOfDeath(end.signal, end.code, planned, logPath);
}

function failureOfDeath(signal: NodeJS.Signals | null, code: number | null, planned: PlannedStage, logPath: string): Failure {
  const stage = planned.name;
  const again = keepsCheckpoints(planned) ? 'continues from its last checkpoint' : 'runs it again';
  const hint = `What it had said is in ${logPath}. The same command ${again}.`;
  if (signal === 'SIGKILL') {
    return failed('stage-killed', `${stage} was killed by the system, probably out of memory`, { hint: `Use smaller images or fewer filters, or free memory. ${hint}` }).failure;
  }
  if (signal !== null) return failed('stage-killed', `the process of ${stage} died of ${signal}`, { hint }).failure;
  return failed('stage-crashed', `the process of ${stage} ended with code ${code ?? 'none'} and without a result`, { hint }).failure;
}
