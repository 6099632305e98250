/** `giverny tag RUN [NAME…] [--remove]`: names that a person gives to a run. */
import { failed, fail, ok, type Result } from '../failure.ts';
import { findRun } from '../run-folder/find-run.ts';
import { readLabels, writeLabels } from '../run-folder/labels.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';

export async function tagCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const tags = await tag(args, io);
  if (!tags.ok) return printFailure(tags.failure, io);
  if (tags.value.length > 0) io.stdout(`${tags.value.join(' ')}\n`);
  return 0;
}

/** The tags that the run then has. */
async function tag(args: readonly string[], io: CommandIo): Promise<Result<readonly string[]>> {
  const line = readCommandLine('tag', args, { remove: { type: 'boolean', short: 'd' } } as const);
  if (!line.ok) return line;
  const { positionals: [wanted, ...names], flags: { remove = false } } = line.value;
  if (wanted === undefined) return failed('usage', 'giverny tag needs a run', { expected: 'giverny tag RUN NAME…', hint: 'giverny ls' });
  const wrong = names.find((name) => !/^[\p{L}\p{N}_][\p{L}\p{N}_.:/@+-]*$/u.test(name));
  if (wrong !== undefined) return failed('usage', `${wrong} cannot be a tag`, { expected: 'letters, digits and _ . : / @ + - inside', hint: 'giverny note RUN "…" takes any text' });
  const taken = names.find((name) => /^latest(~|$)/.test(name));
  if (taken !== undefined) return failed('usage', `${taken} cannot be a tag: it means a run already`, { expected: 'another word' });
  const run = await findRun(wanted, io.root, io.cwd);
  if (!run.ok) return run;
  const labels = readLabels(run.value.folder);
  if (!labels.ok) return labels;
  const { tags } = labels.value;
  const absent = remove ? names.find((name) => !tags.includes(name)) : undefined;
  if (absent !== undefined) return failed('usage', `${run.value.run} has no tag ${absent}`, { expected: tags.length === 0 ? 'a tag that it has; it has none' : `one of ${tags.join(', ')}` });
  const kept = remove ? tags.filter((each) => names.length > 0 && !names.includes(each)) : [...new Set([...tags, ...names])].sort();
  if (!remove && names.length === 0) return ok(tags);
  const written = await writeLabels(run.value.folder, { ...labels.value, tags: kept });
  return written.ok ? ok(kept) : fail(written.failure);
}
