/** `giverny rm --sweep NAME`: what goes with a sweep, and whether somebody works on it. */
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, failed, ok, type Failure, type Result } from '../failure.ts';
import { readRunRecord } from '../run-folder/run-record.ts';
import { recordNow } from '../run-folder/run-state.ts';
import type { ObservedState } from '../sweep/executor.ts';
import { readJobResult } from '../sweep/job.ts';
import { jobState } from '../sweep/job-state.ts';
import { findSweep, sharedFolder, sweepsFolder } from '../sweep/sweep-folder.ts';
import type { SweepRecord } from '../sweep/sweep-record.ts';
import type { CommandIo } from './command.ts';
import type { QueriedRuns } from './queried-runs.ts';
import type { ToRemove } from './rm-arguments.ts';
import { executorOf, followerOf } from './sweep-found.ts';

/**
 * Its trials' runs, but those of another sweep too, and the run last invoked by hand. Failures: `sweep-not-found`, `usage`
 * for one of another project, `run-in-use` while somebody works on it; those of asking its executor.
 */
export async function sweepToRemove(name: string, { runs }: QueriedRuns, io: CommandIo): Promise<Result<ToRemove>> {
  const found = await findSweep(name, io.root, io.cwd);
  if (!found.ok) return found;
  const { folder, record } = found.value;
  const sweep = basename(folder);
  if (dirname(folder) !== sweepsFolder(io.root)) return failed('usage', `${folder} is not in ${sweepsFolder(io.root)}`, { hint: `giverny rm --sweep ${sweep} --root DIR, DIR being the folder that holds its runs/` });
  const trials = runs.filter((run) => run.sweeps().includes(sweep));
  const who = trials.some(({ state }) => state === 'running') ? ok('one of its trials') : await whoWorks(folder, record, io);
  if (!who.ok) return who;
  if (who.value !== undefined) return failed('run-in-use', `the sweep ${sweep} is running: ${who.value}`, { hint: `giverny sweep cancel ${sweep}` });
  return ok({ runs: trials.filter((run) => run.sweeps().length === 1 && !run.latest), sweep: { sweep, folder }, left: [] });
}

/** A follower elsewhere is known by the sweep's lock. */
async function whoWorks(folder: string, record: SweepRecord, io: CommandIo): Promise<Result<string | undefined>> {
  const { pid, liveness } = await followerOf(record);
  if (liveness === 'alive') return ok(`process ${pid} follows it`);
  for (const { job, kind } of record.jobs) {
    if (kind === 'shared' && (await isWorkedIn(sharedFolder(folder, job), io.root))) return ok(`its job ${job}`);
    // Of this machine all jobs are the follower's own.
    if ((await writtenState(folder, job, 'unknown')) === 'running') return ok(`its job ${job}`);
  }
  return record.on === 'local' ? ok(undefined) : executorHas(folder, record, io);
}

async function isWorkedIn(folder: string, root: string): Promise<boolean> {
  const record = await readRunRecord(folder);
  return record.ok && record.value !== undefined && (await recordNow(record.value, root)).state === 'running';
}

async function writtenState(folder: string, job: string, observed: ObservedState) {
  const result = await readJobResult(folder, job);
  return jobState(result.ok ? result.value : undefined, undefined, observed);
}

/** Milliseconds. An executor calls a job running while its result may still come, which on NFS takes up to a minute; one that works shows in its run folder. */
const [patience, askEvery] = [70_000, 1000] as const;

async function executorHas(folder: string, record: SweepRecord, io: CommandIo): Promise<Result<string | undefined>> {
  const executor = await executorOf(folder, record, io);
  if (!executor.ok) return unlessAllDone(folder, record, executor.failure);
  for (const began = performance.now(); executor.value !== undefined; await sleep(askEvery)) {
    const observed = await executor.value.observe();
    if (!observed.ok) return unlessAllDone(folder, record, observed.failure);
    const [seen] = [...observed.value].filter(([, state]) => state === 'waiting' || state === 'running').sort(([, left], [, right]) => Number(right === 'waiting') - Number(left === 'waiting'));
    if (seen === undefined) break;
    if (seen[1] === 'waiting') return ok(`its job ${seen[0]} is in the queue`);
    if (performance.now() - began > patience) return ok(`its job ${seen[0]}`);
    if (performance.now() - began < askEvery) io.stderr(`its job ${seen[0]} may be running: that shows within a minute\n`);
  }
  return ok(undefined);
}

/** What has ended well needs no cluster to be asked, which may be gone by now. */
async function unlessAllDone(folder: string, { jobs }: SweepRecord, failure: Failure): Promise<Result<undefined>> {
  for (const { job } of jobs) if ((await writtenState(folder, job, 'unknown')) !== 'done') return fail(failure);
  return ok(undefined);
}
