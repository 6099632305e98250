/** `giverny sweep logs [SWEEP] [TRIAL]`: what a trial's stages said, or, without a trial, why those that failed did. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok, type Result } from '../failure.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import type { BoardJob, SweepBoard } from '../sweep/sweep-board.ts';
import { findSweep, jobLogFile, sharedFolder } from '../sweep/sweep-folder.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { formatFailure, printFailure } from './print-failure.ts';
import { currentBoard } from './sweep-found.ts';

export async function sweepLogs(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('sweep', args, {}, 2);
  if (!line.ok) return printFailure(line.failure, io);
  const [first, second] = line.value.positionals;
  // `logs 3` is trial 3 of the last sweep.
  const isTrial = second === undefined && first !== undefined && /^(\d{1,6}|(trial|shared)-.*)$/.test(first);
  const found = await findSweep(isTrial ? undefined : first, io.root, io.cwd);
  if (!found.ok) return printFailure(found.failure, io);
  const { folder, record } = found.value;
  const current = await currentBoard(folder, record, io);
  if (!current.ok) return printFailure(current.failure, io);
  const { board } = current.value;
  const wanted = isTrial ? first : second;
  if (wanted === undefined) return printFailed(board, io);
  const jobs = jobsMeant(board, wanted);
  if (!jobs.ok) return printFailure(jobs.failure, io);
  for (const job of jobs.value) await printLogs(folder, job, io);
  return 0;
}

/** The jobs of a trial (`3`, `0003`), or one job by its name. */
function jobsMeant(board: SweepBoard, wanted: string): Result<readonly BoardJob[]> {
  const jobs = [...board.jobs].filter(({ job, trial }) => job.job === wanted || (trial !== undefined && /^\d+$/.test(wanted) && Number(trial.trial) === Number(wanted)));
  return jobs.length > 0 ? ok(jobs) : failed('sweep-not-found', `the sweep has no trial ${wanted}`, { expected: `1 to ${board.record.trials.length}` });
}

function printFailed(board: SweepBoard, io: CommandIo): number {
  const bad = [...board.jobs].filter(({ state, result }) => state === 'failed' && result !== undefined);
  if (bad.length === 0) io.stderr('no trial has failed; giverny sweep logs SWEEP TRIAL prints what a trial said\n');
  for (const { title, result } of bad) io.stdout(`${title}\n${result!.failures.map((failure) => formatFailure(failure, { color: false, cwd: io.cwd })).join('\n')}\n\n`);
  return 0;
}

async function printLogs(folder: string, { job, title, run, state }: BoardJob, io: CommandIo): Promise<void> {
  io.stdout(`== ${title}: ${state}\n`);
  const own = await readFile(jobLogFile(folder, job.job), 'utf8').catch(() => '');
  if (own !== '') io.stdout(`-- ${job.job}\n${own}`);
  const logs = join(run === undefined ? sharedFolder(folder, job.job) : join(runsFolder(io.root), run), 'logs');
  for (const name of (await readdir(logs).catch(() => [])).filter((each) => each.endsWith('.log')).sort()) {
    io.stdout(`-- ${name.replace(/\.log$/, '')}\n${await readFile(join(logs, name), 'utf8').catch(() => '')}`);
  }
}
