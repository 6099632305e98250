/** Writes a sweep's folder: its record, a description of each job, links to the trials' run folders. */
import { mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { hostname } from 'node:os';
import type { Cache } from '../cache/cache.ts';
import { ownerName, self } from '../cache/owner.ts';
import { finishedRun } from '../execute/finished-run.ts';
import { fileFailure } from '../cache/file-failure.ts';
import type { Config } from '../config/config.ts';
import { ok, type Result } from '../failure.ts';
import { planOf, type Plan } from '../plan/plan.ts';
import { placeWhole } from '../run-folder/write-atomic.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import type { Json } from '../stage.ts';
import { jobResultFile, jobSchema, readJobResult, writeJobDescription, writeJobResult, type JobDescription } from './job.ts';
import type { SharedJob, SweepJobs } from './make-jobs.ts';
import { overridesOf, type SweepPlan } from './plan-sweep.ts';
import { valuesText } from './spec/axis.ts';
import { trialsFolder } from './sweep-folder.ts';
import { writeSweepRecord, type SweepRecord, type SweepTrial } from './sweep-record.ts';
import type { TrialPlanner } from './trial-planner.ts';

export interface WritingSweep {
  readonly folder: string;
  readonly root: string;
  readonly cache: Cache;
  readonly record: SweepRecord;
  readonly plan: SweepPlan;
  readonly jobs: SweepJobs;
  readonly planner: TrialPlanner;
}

/** Each trial is planned once more, since no plan was kept. The record comes last: a folder that has one is whole. */
export async function writeSweep(writing: WritingSweep): Promise<Result<void>> {
  const { folder, record } = writing;
  try {
    await mkdir(trialsFolder(folder), { recursive: true });
    const described = await writeDescriptions(writing);
    if (!described.ok) return described;
    await writeSweepRecord(folder, record);
    return ok(undefined);
  } catch (error) {
    return fileFailure(error, folder);
  }
}

async function writeDescriptions({ folder, root, plan, jobs, planner, record, cache }: WritingSweep): Promise<Result<void>> {
  for (const [index, trial] of plan.trials.entries()) {
    const recorded = jobs.recorded[index]!;
    for (const [rung, { epochs }] of trial.runs.entries()) {
      const planned = await planner.plan(overridesOf(plan.fixed, trial.point, plan.halving, epochs));
      if (!planned.ok) return planned;
      const describe = (job: string, kind: JobDescription['kind'], of: Plan): JobDescription => describeJob(job, kind, of, record, root);
      const own = describe(recorded.rungs?.[rung]?.job ?? recorded.job, 'trial', planned.value);
      const parts = jobs.shared.filter((each) => each.home.trial === index && each.home.rung === rung).map((each) => describe(each.job, 'shared', partOf(planned.value, each)));
      for (const description of [own, ...parts]) {
        const written = await writeJobDescription(folder, description);
        if (!written.ok) return written;
      }
      const held = await holdAgainstResult(own, planned.value, { folder, root, cache, isCached: trial.runs[rung]!.nodes.every((node) => plan.dag.nodes[node]!.outputs !== undefined) });
      if (!held.ok) return held;
    }
    await linkTrial(folder, root, recorded);
  }
  return ok(undefined);
}

interface Held {
  readonly folder: string;
  readonly root: string;
  readonly cache: Cache;
  /** Whether every stage of the run is in the cache. */
  readonly isCached: boolean;
}

/** What is done need not be begun, whoever did it; what is done no longer (its run folder is gone, say) is not done. */
async function holdAgainstResult({ job, identity }: JobDescription, plan: Plan, { folder, root, cache, isCached }: Held): Promise<Result<void>> {
  const read = await readJobResult(folder, job);
  const said = read.ok && read.value?.identity === identity ? read.value.state : undefined;
  if (said !== 'done' && !isCached) return ok(undefined);
  const finished = await finishedRun(plan, cache, root);
  const isDone = finished.ok && finished.value !== undefined;
  if (said === 'done' && !isDone) await rm(jobResultFile(folder, job), { force: true });
  if (said === 'done' || !isDone) return ok(undefined);
  const now = new Date().toISOString();
  return writeJobResult(folder, {
    schema: jobSchema, job, identity, state: 'done', exit: 0, host: hostname(), process: { pid: process.pid, owner: ownerName(await self()) },
    startedAt: now, endedAt: now, seconds: 0, failures: [],
  });
}

function describeJob(job: string, kind: JobDescription['kind'], { config, engine, identity, runName }: Plan, { command, offline }: SweepRecord, root: string): JobDescription {
  return {
    schema: jobSchema, job, kind, file: config.file, config: config.resolved, identity, run: runName, command, offline,
    ...(config.writtenPlaces && { places: config.writtenPlaces(root) }), ...(engine === undefined ? {} : { engine }),
  };
}

/** The plan of these stages and all that they read. */
function partOf(plan: Plan, { stages }: SharedJob): Plan {
  const needed = new Set(stages);
  for (const { name, from } of [...plan.stages].reverse()) if (needed.has(name)) for (const read of from) needed.add(read);
  const { report: _report, stages: all, ...rest } = plan.config.resolved as { readonly [key: string]: Json };
  const resolved = { ...rest, stages: Object.fromEntries(Object.entries(all as { readonly [name: string]: Json }).filter(([name]) => needed.has(name))) };
  const { file, name, seed, engine, warnings } = plan.config;
  const part: Config = {
    file, name, seed, engine, warnings, stages: plan.config.stages.filter((stage) => needed.has(stage.name)), resolved,
    ...(plan.config.writtenPlaces && { writtenPlaces: (folder) => plan.config.writtenPlaces!(folder) }),
  };
  return planOf(part, plan.stages.filter(({ name }) => needed.has(name)), plan.engine);
}

/** `trials/0001-cycle=5-seed=2` leads to the run folder, which need not be there yet. */
async function linkTrial(folder: string, root: string, { trial, run, values }: SweepTrial): Promise<void> {
  const link = join(trialsFolder(folder), linkName(trial, values));
  const target = relative(trialsFolder(folder), join(runsFolder(root), run));
  const before = await readlink(link).catch(() => undefined);
  if (before === target) return;
  if (before !== undefined) await rm(link);
  // Where links cannot be made (Windows), sweep.json says it as well.
  await placeWhole(link, (temporary) => symlink(target, temporary, 'dir')).catch(() => undefined);
}

const longestLinkName = 100;

const linkName = (trial: string, values: SweepTrial['values']): string => `${trial}-${valuesText(values).replaceAll(/[^A-Za-z0-9.=_+-]+/g, '-')}`.slice(0, longestLinkName).replace(/-+$/, '');
