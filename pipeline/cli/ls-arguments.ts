/** What `giverny ls` is told. */
import { failed, ok, type Result } from '../failure.ts';
import { readCommandLine } from './command-line.ts';

export interface LsArguments {
  readonly where: string | undefined;
  readonly sweep: string | undefined;
  /** As written; `added` with a plus before it: beside the usual ones. */
  readonly columns: { readonly text: string; readonly added: boolean } | undefined;
  readonly sort: { readonly text: string; readonly descending: boolean } | undefined;
  readonly limit: number;
  /** Every run by itself: also the trials of sweeps. */
  readonly all: boolean;
  readonly json: boolean;
}

/** Rows that people get unless they ask for more. */
const usualLimit = 50;

const flags = {
  where: { type: 'string', short: 'w' }, sweep: { type: 'string' }, columns: { type: 'string' }, sort: { type: 'string' },
  reverse: { type: 'boolean', short: 'r' }, limit: { type: 'string' }, all: { type: 'boolean', short: 'a' }, json: { type: 'boolean' },
} as const;

/** parseArgs takes `--sort -psnr` for two flags. */
const joined = (args: readonly string[]): readonly string[] =>
  args.flatMap((argument, index) => (argument === '--sort' && /^-[a-z]\w/i.test(args[index + 1] ?? '') ? [] : args[index - 1] === '--sort' && /^-[a-z]\w/i.test(argument) ? [`--sort=${argument}`] : [argument]));

export function readLsArguments(args: readonly string[]): Result<LsArguments> {
  const line = readCommandLine('ls', joined(args), flags, 0);
  if (!line.ok) return line;
  const { where, sweep, columns, sort, reverse = false, limit, all = false, json = false } = line.value.flags;
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit)) return failed('usage', `--limit ${limit} is not a number of runs`, { expected: 'a whole number from 1', hint: 'giverny ls --help' });
  return ok({
    where, sweep, all, json,
    columns: columns === undefined ? undefined : { text: columns.replace(/^\+/, ' '), added: columns.startsWith('+') },
    sort: sort === undefined ? (reverse ? { text: 'started', descending: false } : undefined) : { text: sort.replace(/^-/, ' '), descending: sort.startsWith('-') !== reverse },
    limit: limit === undefined ? (all || json ? Infinity : usualLimit) : Number(limit),
  });
}
