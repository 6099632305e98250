/** `giverny sweep resume [SWEEP]`: what is not done goes on, as it was planned. The command that began the sweep does so too, planning anew. */
import { openCache } from '../cache/cache.ts';
import { fileFailure } from '../cache/file-failure.ts';
import { ownerName, self } from '../cache/owner.ts';
import { failed, ok, type Result } from '../failure.ts';
import { chooseExecutor } from '../sweep/executors.ts';
import { findSweep } from '../sweep/sweep-folder.ts';
import { writeSweepRecord, type SweepRecord } from '../sweep/sweep-record.ts';
import { readSize } from './cache-limits.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { runSweep, SweepSession } from './sweep-session.ts';

const flags = { jobs: { type: 'string', short: 'j' }, memory: { type: 'string' }, json: { type: 'boolean' }, detach: { type: 'boolean' } } as const;

export async function sweepResume(args: readonly string[], io: CommandIo): Promise<number> {
  const session = new SweepSession(io, args.includes('--json'));
  try {
    const ended = await resume(args, io, session);
    if (ended.ok) return ended.value;
    session.close();
    return printFailure(session.stopped() ?? ended.failure, io);
  } finally {
    session.dispose();
  }
}

async function resume(args: readonly string[], io: CommandIo, session: SweepSession): Promise<Result<number>> {
  const line = readCommandLine('sweep', args, flags, 1);
  if (!line.ok) return line;
  const { positionals: [wanted], flags: given } = line.value;
  const memory = given.memory === undefined ? ok(undefined) : readSize(given.memory);
  if (!memory.ok) return memory;
  const found = await findSweep(wanted, io.root, io.cwd);
  if (!found.ok) return found;
  const { folder, record: before } = found.value;
  const executor = await chooseExecutor({ on: before.on, folder: io.cwd }, session.localChoice(memory.value));
  if (!executor.ok) return executor;
  const cache = await openCache(io.root);
  if (!cache.ok) return cache;
  if (given.jobs !== undefined && !/^[1-9]\d{0,5}$/.test(given.jobs)) return failed('usage', `--jobs ${given.jobs} is not a number of trials`, { expected: 'a whole number from 1' });
  const jobs = given.jobs === undefined ? {} : { jobsAtOnce: Number(given.jobs) };
  const record: SweepRecord = { ...before, ...jobs, process: { pid: process.pid, owner: ownerName(await self()) }, startedAt: new Date().toISOString() };
  const write = (): Promise<Result<void>> => writeSweepRecord(folder, record).then(() => ok(undefined), (error: unknown) => fileFailure(error, folder));
  return runSweep({ folder, record, write, executor: executor.value, detach: given.detach === true, cache: cache.value, session, io });
}
