/** `giverny sweep status [SWEEP]`: how far it is, trial by trial. */
import { describeCounts } from '../sweep/progress/job-lines.ts';
import { findSweep } from '../sweep/sweep-folder.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { currentBoard, followerOf } from './sweep-found.ts';
import { trialsTable } from './sweep-words.ts';

export async function sweepStatus(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('sweep', args, { json: { type: 'boolean' } } as const, 1);
  if (!line.ok) return printFailure(line.failure, io);
  const found = await findSweep(line.value.positionals[0], io.root, io.cwd);
  if (!found.ok) return printFailure(found.failure, io);
  const { sweep, folder, record } = found.value;
  const current = await currentBoard(folder, record, io);
  if (!current.ok) return printFailure(current.failure, io);
  const { board, living } = current.value;
  const follower = await followerOf(record);
  // Of a sweep that halves, jobs may be in a queue while nobody follows it and none runs.
  const isOver = follower.liveness !== 'alive' && !living && board.isSettled();
  const rows = board.rows(isOver);
  if (line.value.flags.json === true) {
    for (const { trial, ...row } of rows) io.stdout(`${JSON.stringify({ sweep, trial: trial.trial, values: trial.values, ...row })}\n`);
    return 0;
  }
  const by = follower.liveness === 'alive' ? `followed by process ${follower.pid}` : 'followed by nobody now: giverny sweep resume continues it';
  const counts = board.counts(isOver);
  io.stdout(`${sweep}  ${describeCounts(counts)}${counts.done === counts.trials ? '' : `; ${by}`}\n`);
  const shared = [...board.jobs].filter(({ job, state }) => job.kind === 'shared' && state !== 'waiting' && state !== 'done');
  for (const { title, state } of shared) io.stdout(`${title}: ${state}\n`);
  io.stdout(`\n${trialsTable(board, rows)}`);
  return 0;
}
