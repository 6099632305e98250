/** Runs one job of a sweep in this process, as `giverny run` would, and writes what it came to. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { ownerName, self } from '../cache/owner.ts';
import type { Catalog } from '../catalog.ts';
import { configDigest } from '../execute/choose-engine.ts';
import { finishedRun } from '../execute/finished-run.ts';
import { runFolderPlaces } from '../execute/run-folder-places.ts';
import { runPlan } from '../execute/run-plan.ts';
import type { StageProcessEntry } from '../execute/stage-process-entry.ts';
import type { StageProcesses } from '../execute/stage-processes.ts';
import type { StopSignals } from '../execute/stop-signals.ts';
import { ok, type Failure, type Result } from '../failure.ts';
import type { Plan } from '../plan/plan.ts';
import type { Reporters } from '../progress/events.ts';
import type { readGitState } from '../run-folder/git.ts';
import { jobSchema, writeJobResult, type JobDescription, type JobResult } from './job.ts';
import { planJob } from './plan-job.ts';
import { sharedFolder } from './sweep-folder.ts';

export interface JobServices {
  readonly catalog: Catalog;
  readonly cache: Cache;
  readonly root: string;
  readonly cwd: string;
  readonly stageProcess: StageProcessEntry;
  readonly processes: StageProcesses;
  readonly reporters: Reporters;
  readonly signals: StopSignals;
  /** Stages at once. */
  readonly stagesAtOnce: number;
  readonly givernyVersion: string;
  readonly readGit?: typeof readGitState;
  /** What has to be there before the job runs: the engine, on a machine that did not plan. */
  prepare?(description: JobDescription): Promise<Result<void>>;
  /** A path as people should read it. */
  shown(path: string): string;
}

/** What a job came to, without what its record says of the process. */
interface JobEnd {
  readonly state: 'done' | 'failed' | 'interrupted';
  readonly failures: readonly Failure[];
}

/** `folder`: the sweep's. Where another process (of another sweep, or `giverny run`) works on the same run, it is waited for. Failure: the result could not be written. */
export async function runJob(folder: string, description: JobDescription, services: JobServices): Promise<Result<JobResult>> {
  const { job, identity } = description;
  const started = Date.now();
  const begun = { schema: jobSchema, job, identity, host: hostname(), process: { pid: process.pid, owner: ownerName(await self()) }, startedAt: new Date(started).toISOString() } as const;
  const noted = await writeJobResult(folder, { ...begun, state: 'running', failures: [] });
  if (!noted.ok) return noted;
  const ended = await endOf(folder, description, services);
  const now = Date.now();
  const exit = ended.state === 'done' ? 0 : (ended.failures[0]?.exit ?? 1);
  const result: JobResult = { ...begun, ...ended, exit, endedAt: new Date(now).toISOString(), seconds: (now - started) / 1000 };
  const written = await writeJobResult(folder, result);
  return written.ok ? ok(result) : written;
}

async function endOf(folder: string, description: JobDescription, services: JobServices): Promise<JobEnd> {
  const outcome = await attempt(folder, description, services);
  if (outcome.ok) return outcome.value;
  const failure = outcome.failure.code === 'interrupted' ? (services.signals.failure() ?? outcome.failure) : outcome.failure;
  const stopped = failure.exit === 130 || failure.exit === 143;
  return { state: stopped ? 'interrupted' : 'failed', failures: [failure] };
}

async function attempt(folder: string, description: JobDescription, services: JobServices): Promise<Result<JobEnd>> {
  const planned = await planJob(description, services);
  if (!planned.ok) return planned;
  const prepared = await services.prepare?.(description);
  return prepared?.ok === false ? prepared : execute(folder, planned.value, description, services);
}

async function execute(folder: string, plan: Plan, { job, kind, command, offline }: JobDescription, services: JobServices): Promise<Result<JobEnd>> {
  const { cache, root, catalog } = services;
  if (kind === 'trial') {
    const finished = await finishedRun(plan, cache, root);
    if (!finished.ok) return finished;
    if (finished.value !== undefined) return ok({ state: 'done', failures: [] });
  }
  const places = runFolderPlaces(plan);
  if (!places.ok) return places;
  // Nobody looks at the report of what trials share.
  const shared = kind === 'trial' ? {} : { place: sharedFolder(folder, job), catalog: { ...catalog, writeReport: async (path: string) => join(path, 'report.html'), summarize: async () => [] } };
  const outcome = await runPlan({
    ...services, plan, places: places.value, command, offline, ofSweep: true, forced: new Set(), latest: undefined,
    configDigest: configDigest(plan.config), jobs: services.stagesAtOnce, ...shared,
  });
  if (!outcome.ok) return outcome;
  const { state, failures } = outcome.value;
  return ok({ state: state === 'running' ? 'failed' : state, failures });
}
