/** Executes a plan: run folder, stages, summary, report, and how it all ended. */
import { relative } from 'node:path';
import type { Catalog } from '../catalog.ts';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';
import type { Cache } from '../cache/cache.ts';
import type { Reporters, RunState } from '../progress/events.ts';
import { runFolderReporter } from '../progress/run-folder-files.ts';
import { describeRun } from '../run-folder/describe-run.ts';
import type { readGitState } from '../run-folder/git.ts';
import { pointLatestTo } from '../run-folder/latest.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import type { MeantByLatest } from '../run-folder/run-record.ts';
import { succeeded, type StageOutcome } from './outcome.ts';
import { ReportWriter } from './report-writer.ts';
import type { StageProcesses } from './stage-processes.ts';
import type { RunFolderPlace } from './run-folder-places.ts';
import type { RunServices } from './run-services.ts';
import { schedule } from './schedule.ts';
import type { StageProcessEntry } from './stage-process-entry.ts';
import { StageRunner } from './stage-runner.ts';
import type { StopSignals } from './stop-signals.ts';

export interface RunPlanOptions {
  readonly plan: Plan;
  readonly places: ReadonlyMap<string, RunFolderPlace>;
  readonly configDigest: string;
  readonly cache: Cache;
  readonly catalog: Catalog;
  readonly root: string;
  readonly reporters: Reporters;
  readonly stageProcess: StageProcessEntry;
  readonly processes: StageProcesses;
  readonly signals: StopSignals;
  readonly jobs: number;
  readonly offline: boolean;
  readonly forced: ReadonlySet<string>;
  /** As typed, for the record. */
  readonly command: readonly string[];
  /** What `latest` means in the config, where it says so. */
  readonly latest: MeantByLatest | undefined;
  readonly givernyVersion: string;
  /** Of a sweep's trial: it was not invoked by itself, so `runs/latest` stays as it is, and it waits for another process that works on it. */
  readonly ofSweep?: boolean;
  /** Absolute path of the run's folder where that is not runs/<run's name>. */
  readonly place?: string;
  /** What git knows of the code, where it was asked already. */
  readonly readGit?: typeof readGitState;
  /** A path as people should read it. */
  shown(path: string): string;
}

export interface RunOutcome {
  readonly state: RunState;
  readonly folder: string;
  /** Of the stages that failed, in their order; where none did but the run was stopped, that. */
  readonly failures: readonly Failure[];
  readonly summary: readonly string[];
  /** Absolute path of report.html; undefined where it could not be written. */
  readonly report: string | undefined;
}

/** Failures are those of the run folder; a stage's are in the outcome. */
export async function runPlan(options: RunPlanOptions): Promise<Result<RunOutcome>> {
  const { signals, reporters } = options;
  const opened = await RunFolder.open({ ...options, stop: signals.stop, waits: options.ofSweep === true, say: (line) => reporters.report({ event: 'message', line }) });
  if (!opened.ok) return opened.failure.code === 'interrupted' ? fail(signals.failure() ?? opened.failure) : opened;
  const folder = opened.value;
  try {
    const unmoved = options.ofSweep === true ? undefined : await pointLatestTo(runsFolder(options.root), options.plan.runName);
    if (unmoved !== undefined) reporters.report({ event: 'message', line: unmoved });
    const described = await describeRun(folder.path, options);
    if (!described.ok) return described;
    // After plan.json, so that a collection which begins from here on knows what this run needs.
    await options.cache.waitForCollection(signals.stop, ({ pid, stage }) => reporters.report({ event: 'message', line: `waiting for ${stage} (process ${pid})` }));
    reporters.add(runFolderReporter(folder.path));
    return await runInFolder(folder, options);
  } finally {
    await folder.close();
  }
}

async function runInFolder(folder: RunFolder, options: RunPlanOptions): Promise<Result<RunOutcome>> {
  const { plan, reporters, shown } = options;
  const run = plan.runName;
  const warn = (line: string) => reporters.report({ event: 'message', line });
  const report = new ReportWriter(options.catalog, folder.path, warn);
  reporters.report({ event: 'run-started', run, folder: shown(folder.path), stages: plan.stages.map((stage) => stage.name) });
  const outcomes = await runStages(folder, report, options);
  const failures = failuresOf(outcomes, options.signals);
  const state = stateOf(outcomes, options.signals);
  const finished = await finish(folder, state, report, options);
  if (!finished.ok) return finished;
  const { summary, path } = finished.value;
  reporters.report({
    event: 'run-ended', run, folder: shown(folder.path), state, seconds: folder.seconds, summary, ...(path === undefined ? {} : { report: shown(path) }),
  });
  return ok({ state, folder: folder.path, failures, summary, report: path });
}

function runStages(folder: RunFolder, report: ReportWriter, options: RunPlanOptions): Promise<ReadonlyMap<string, StageOutcome>> {
  const { plan, places, cache, reporters: reporter, stageProcess, processes, signals: { stop }, offline, forced, jobs, shown } = options;
  const services: RunServices = { plan, places, cache, folder, shown, shownFolder: shown(folder.path), reporter, report, stageProcess, processes, stop, offline, forced };
  const runner = new StageRunner(services);
  const stages = plan.stages.map((stage) => ({ name: stage.name, from: stage.from, exclusive: stage.definition.engine, stage }));
  return schedule<(typeof stages)[number], StageOutcome>(stages, {
    jobs, succeeded,
    run: ({ stage }) => runner.run(stage),
    skip: ({ stage }) => skip(stage, folder, options),
  });
}

function skip({ name, definition }: PlannedStage, folder: RunFolder, { signals, reporters }: RunPlanOptions): StageOutcome {
  // After Ctrl-C nothing went wrong: what did not run simply waits for the next time.
  if (signals.stop.aborted) return { state: 'skipped' };
  folder.setStage(name, { state: 'skipped', uses: definition.uses });
  reporters.report({ event: 'stage-ended', stage: name, state: 'skipped', seconds: 0 });
  return { state: 'skipped' };
}

function failuresOf(outcomes: ReadonlyMap<string, StageOutcome>, signals: StopSignals): readonly Failure[] {
  const failures = [...outcomes.values()].flatMap((outcome) => (outcome.state === 'failed' ? [outcome.failure] : []));
  const stopped = signals.failure();
  return stopped === undefined || [...outcomes.values()].every(succeeded) ? failures : [...failures, stopped];
}

function stateOf(outcomes: ReadonlyMap<string, StageOutcome>, signals: StopSignals): RunState {
  const all = [...outcomes.values()];
  if (all.every(succeeded)) return 'done';
  if (all.some((outcome) => outcome.state === 'failed')) return 'failed';
  return signals.failure() === undefined ? 'failed' : 'interrupted';
}

/** The report shows the run's state, so the record comes first; then the record once more, naming the report. */
async function finish(folder: RunFolder, state: RunState, report: ReportWriter, { catalog, reporters }: RunPlanOptions) {
  const summary = await catalog.summarize(folder.path).catch((error: unknown) => {
    reporters.report({ event: 'message', line: `the summary could not be made: ${error instanceof Error ? error.message : String(error)}` });
    return [];
  });
  const first = await folder.end({ state, summary, report: undefined, interim: true });
  if (!first.ok) return first;
  const path = await report.finish();
  const second = await folder.end({ state, summary, report: path === undefined ? undefined : relative(folder.path, path) });
  return second.ok ? ok({ summary, path }) : second;
}
