/** The sweep that `giverny sweep status|cancel|resume|logs` is about, and its executor as it was chosen. */
import { basename } from 'node:path';
import { shortPath } from '../config/tree/source.ts';
import { fail, failed, ok, type Result } from '../failure.ts';
import { livenessOf, parseOwnerName } from '../cache/owner.ts';
import type { Executor, ExecutorChoice, ObservedState } from '../sweep/executor.ts';
import { chooseExecutor } from '../sweep/executors.ts';
import { SweepBoard } from '../sweep/sweep-board.ts';
import { readSweepRecord, type SweepRecord } from '../sweep/sweep-record.ts';
import type { CommandIo } from './command.ts';

/** Undefined for this machine: its jobs live in the process that follows the sweep. */
export async function executorOf(folder: string, record: SweepRecord, io: CommandIo): Promise<Result<Executor | undefined>> {
  if (record.on === 'local') return ok(undefined);
  const none: ExecutorChoice = { on: 'local', observeEvery: 0, open: async () => { throw new Error('this machine was not asked for'); } };
  const chosen = await chooseExecutor({ on: record.on, folder: io.cwd }, none);
  if (!chosen.ok) return chosen;
  return chosen.value.open({
    folder, root: io.root, jobs: record.jobsAtOnce, giverny: [process.execPath, ...process.execArgv, process.argv[1]!], offline: record.offline,
    stop: new AbortController().signal, changed: () => undefined, say: (line) => io.stderr(`${line}\n`),
  });
}

/**
 * To be called before the record of a sweep is written: with another executor in it, jobs that the one before still has
 * would be followed and cancelled by nobody, and begun a second time. Failures: `sweep-in-use`.
 */
export async function freeOfOthers(folder: string, { on }: SweepRecord, io: CommandIo): Promise<Result<void>> {
  const before = await readSweepRecord(folder);
  if (!before.ok || before.value.on === on || before.value.on === 'local') return ok(undefined);
  const sweep = basename(folder);
  const observed = await observedJobs(folder, before.value, io);
  if (!observed.ok) {
    // It may be gone for good, such as the cluster that a project was copied from.
    io.stderr(`${observed.failure.message}; whether jobs of ${sweep} are still there (--on ${shortPath(before.value.on, io.cwd)}) is not known\n`);
    return ok(undefined);
  }
  if (observed.value === undefined || !lives(observed.value)) return ok(undefined);
  return failed('sweep-in-use', `jobs of ${sweep} run or wait with --on ${shortPath(before.value.on, io.cwd)}`, {
    expected: 'the same --on while they do', hint: `giverny sweep resume ${sweep} follows them; giverny sweep cancel ${sweep} ends them, and then --on may be another`,
  });
}

export interface CurrentBoard {
  readonly board: SweepBoard;
  /** Whether the executor has a job of it that runs or waits. */
  readonly living: boolean;
}

export const lives = (seen: ReadonlyMap<string, ObservedState>): boolean => [...seen.values()].some((state) => state === 'waiting' || state === 'running');

/** How far every job is now; where the executor does not answer, as far as the jobs themselves have written. */
export async function currentBoard(folder: string, record: SweepRecord, io: CommandIo): Promise<Result<CurrentBoard>> {
  const observed = await observedJobs(folder, record, io);
  if (!observed.ok && observed.failure.code !== 'executor-unavailable') return fail(observed.failure);
  if (!observed.ok) io.stderr(`${observed.failure.message}; what follows is what the jobs have written\n`);
  const seen = observed.ok ? observed.value : undefined;
  const board = new SweepBoard(folder, io.root, record);
  for (const { job } of board.jobs) await board.refresh(job.job, seen === undefined ? undefined : (seen.get(job.job) ?? 'unknown'));
  board.markSkipped();
  return ok({ board, living: seen !== undefined && lives(seen) });
}

/** Undefined for this machine. */
async function observedJobs(folder: string, record: SweepRecord, io: CommandIo): Promise<Result<ReadonlyMap<string, ObservedState> | undefined>> {
  const executor = await executorOf(folder, record, io);
  if (!executor.ok) return executor;
  return executor.value === undefined ? ok(undefined) : executor.value.observe();
}

/** Whether the process that last followed the sweep lives; `elsewhere`: it is not of this machine. */
export async function followerOf({ process: { owner, pid } }: SweepRecord): Promise<{ readonly pid: number; readonly liveness: 'alive' | 'dead' | 'elsewhere' }> {
  const parsed = parseOwnerName(owner);
  return { pid, liveness: parsed === undefined ? 'elsewhere' : await livenessOf(parsed) };
}
