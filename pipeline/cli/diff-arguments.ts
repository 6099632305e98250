/** What `giverny diff` is asked for. */
import { basename, extname } from 'node:path';
import { failed, ok, type Result } from '../failure.ts';
import { readCommandLine } from './command-line.ts';

export interface DiffArguments {
  /** As typed: runs, or one sweep; none: the latest run and the one before. */
  readonly wanted: readonly string[];
  readonly json: boolean;
  /** The page to write: a path, or '' for a name that is made of the runs'. */
  readonly html: string | undefined;
  readonly code: boolean;
  readonly all: boolean;
  readonly ascii: boolean;
}

const flags = { json: { type: 'boolean' }, html: { type: 'string' }, code: { type: 'boolean' }, all: { type: 'boolean' }, ascii: { type: 'boolean' } } as const;

const isPage = (argument: string | undefined): boolean => argument !== undefined && /^\.html?$/i.test(extname(argument));

/** `--html` takes the next argument where that is the name of a page, and needs none. Failure: `usage`. */
export function readDiffArguments(args: readonly string[]): Result<DiffArguments> {
  const whole = args.flatMap((argument, index) => (argument === '--html' && !isPage(args[index + 1]) ? ['--html='] : [argument]));
  const line = readCommandLine('diff', whole, flags);
  if (!line.ok) return line;
  const { json, html, code, all, ascii } = line.value.flags;
  if (html !== undefined && html !== '' && !isPage(html)) return failed('usage', `--html ${html}: a page ends in .html`, { hint: `--html ${basename(html, extname(html))}.html` });
  if (json === true && html !== undefined) return failed('usage', '--json and --html at once: choose one', { hint: 'giverny diff --help' });
  return ok({ wanted: line.value.positionals, json: json === true, html, code: code === true, all: all === true, ascii: ascii === true });
}
