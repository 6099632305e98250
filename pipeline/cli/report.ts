/** `giverny report [RUN]`: renders report.html from what the run folder holds now. */
import { findRun } from '../run-folder/find-run.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-one-failure.ts';
import { shortPath } from '../config/source.ts';

export async function reportCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('report', args, {});
  if (!line.ok) return printFailure(line.failure, io);
  const found = await findRun(line.value.positionals[0] ?? 'latest', io.root, io.cwd);
  if (!found.ok) return printFailure(found.failure, io);
  io.stdout(`${shortPath(await io.catalog.writeReport(found.value.folder), io.cwd)}\n`);
  return 0;
}
