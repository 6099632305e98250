/** `giverny note RUN ["TEXT"] [--remove]`: what a person says of a run. */
import { failed, fail, ok, type Result } from '../failure.ts';
import { findRun } from '../run-folder/find-run.ts';
import { readLabels, writeLabels } from '../run-folder/labels.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';

export async function noteCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const noted = await note(args, io);
  if (!noted.ok) return printFailure(noted.failure, io);
  if (noted.value !== undefined) io.stdout(`${noted.value}\n`);
  return 0;
}

/** The note that the run then has. */
async function note(args: readonly string[], io: CommandIo): Promise<Result<string | undefined>> {
  const line = readCommandLine('note', args, { remove: { type: 'boolean', short: 'd' }, append: { type: 'boolean', short: 'a' } } as const);
  if (!line.ok) return line;
  const { positionals: [wanted, ...words], flags: { remove = false, append = false } } = line.value;
  const usage = { expected: 'giverny note RUN "TEXT"', hint: 'giverny note --help' };
  if (wanted === undefined) return failed('usage', 'giverny note needs a run', usage);
  if (remove && words.length > 0) return failed('usage', '--remove takes no text', usage);
  const run = await findRun(wanted, io.root, io.cwd);
  if (!run.ok) return run;
  const labels = readLabels(run.value.folder);
  if (!labels.ok) return labels;
  const before = labels.value.note;
  if (!remove && words.length === 0) return ok(before);
  const text = words.join(' ').trim();
  const now = remove || text === '' ? undefined : append && before !== undefined ? `${before}\n${text}` : text;
  const written = await writeLabels(run.value.folder, { tags: labels.value.tags, ...(now === undefined ? {} : { note: now }) });
  return written.ok ? ok(now) : fail(written.failure);
}
