/** `giverny report [RUN]`: renders report.html from what the run folder holds now. */
import { failed } from '../failure.ts';
import { findRun } from '../run-folder/find-run.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { shortPath } from '../config/tree/source.ts';

export async function reportCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('report', args, {}, 1);
  if (!line.ok) return printFailure(line.failure, io);
  const found = await findRun(line.value.positionals[0] ?? 'latest', io.root, io.cwd);
  if (!found.ok) return printFailure(found.failure, io);
  let report: string;
  try {
    report = await io.catalog.writeReport(found.value.folder);
  } catch (error) {
    const { failure } = failed('report-failed', `the report could not be written: ${error instanceof Error ? error.message : String(error)}`, { where: { file: found.value.folder } });
    return printFailure(failure, io);
  }
  io.stdout(`${shortPath(report, io.cwd)}\n`);
  return 0;
}
