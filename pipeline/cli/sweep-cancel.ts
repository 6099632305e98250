/** `giverny sweep cancel [SWEEP]`: what runs writes a checkpoint and stops, what waits never starts; `resume` continues. */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../cache/file-failure.ts';
import { failed, ok, type Result } from '../failure.ts';
import { findSweep } from '../sweep/sweep-folder.ts';
import type { SweepRecord } from '../sweep/sweep-record.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { executorOf, followerOf, lives } from './sweep-found.ts';

export async function sweepCancel(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('sweep', args, {}, 1);
  if (!line.ok) return printFailure(line.failure, io);
  const found = await findSweep(line.value.positionals[0], io.root, io.cwd);
  if (!found.ok) return printFailure(found.failure, io);
  const { sweep, folder, record } = found.value;
  const executor = await executorOf(folder, record, io);
  if (!executor.ok) return printFailure(executor.failure, io);
  // Who follows it would hand its jobs over again.
  const follower = await stopFollower(record, io);
  if (follower !== undefined) return follower;
  if (executor.value !== undefined) {
    const cancelled = await executor.value.cancel();
    if (!cancelled.ok) return printFailure(cancelled.failure, io);
    const left = await executor.value.observe();
    if (!left.ok || lives(left.value)) {
      io.stderr(`${sweep} is asked to stop: what runs writes a checkpoint first (giverny sweep status ${sweep} shows it); giverny sweep resume ${sweep} continues what is not done\n`);
      return 0;
    }
  }
  io.stderr(`nothing of ${sweep} runs now; giverny sweep resume ${sweep} continues what is not done\n`);
  return 0;
}

const lookEvery = 200;

/** An exit code where it could not be stopped. */
async function stopFollower(record: SweepRecord, io: CommandIo): Promise<number | undefined> {
  const { pid, liveness } = await followerOf(record);
  if (liveness === 'dead') return undefined;
  if (liveness === 'elsewhere') {
    if (record.on !== 'local') return undefined;
    return printFailure(failed('sweep-in-use', `process ${pid} on another machine may be following this sweep`, { hint: 'Stop it there.' }).failure, io);
  }
  const asked = askToStop(pid);
  if (!asked.ok) return printFailure(asked.failure, io);
  io.stderr(`process ${pid} is asked to stop\n`);
  while ((await followerOf(record)).liveness === 'alive') await sleep(lookEvery);
  return undefined;
}

/** One that has gone meanwhile need not be asked. Failures: `sweep-in-use`. */
export function askToStop(pid: number, kill: (pid: number, signal: 'SIGTERM') => void = process.kill): Result<void> {
  try {
    kill(pid, 'SIGTERM');
  } catch (error) {
    if (errorCode(error) === 'EPERM') return failed('sweep-in-use', `process ${pid} is following this sweep, and belongs to another user`, { hint: 'Its owner can cancel the sweep.' });
    if (errorCode(error) !== 'ESRCH') throw error;
  }
  return ok(undefined);
}
