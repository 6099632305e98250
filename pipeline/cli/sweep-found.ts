/** The sweep that `giverny sweep status|cancel|resume|logs` is about, and its executor as it was chosen. */
import { fail, ok, type Result } from '../failure.ts';
import { livenessOf, parseOwnerName } from '../cache/owner.ts';
import type { Executor, ExecutorChoice, ObservedState } from '../sweep/executor.ts';
import { chooseExecutor } from '../sweep/executors.ts';
import { SweepBoard } from '../sweep/sweep-board.ts';
import type { SweepRecord } from '../sweep/sweep-record.ts';
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

/** How far every job is now. */
export async function currentBoard(folder: string, record: SweepRecord, io: CommandIo): Promise<Result<SweepBoard>> {
  const executor = await executorOf(folder, record, io);
  if (!executor.ok) return executor;
  const observed = executor.value === undefined ? ok<ReadonlyMap<string, ObservedState> | undefined>(undefined) : await executor.value.observe();
  if (!observed.ok) return fail(observed.failure);
  const board = new SweepBoard(folder, io.root, record);
  for (const { job } of board.jobs) await board.refresh(job.job, observed.value === undefined ? undefined : (observed.value.get(job.job) ?? 'unknown'));
  board.markSkipped();
  return ok(board);
}

/** Whether the process that last followed the sweep lives; `elsewhere`: it is not of this machine. */
export async function followerOf({ process: { owner, pid } }: SweepRecord): Promise<{ readonly pid: number; readonly liveness: 'alive' | 'dead' | 'elsewhere' }> {
  const parsed = parseOwnerName(owner);
  return { pid, liveness: parsed === undefined ? 'elsewhere' : await livenessOf(parsed) };
}
