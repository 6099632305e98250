/** A failure as text for a terminal of 80 columns: what, where, the line itself underlined, what was expected, what to do. */
import pc from 'picocolors';
import type { Failure, Where } from '../failure.ts';
import { shortPath } from '../config/tree/source.ts';

export interface FailureStyle {
  readonly color: boolean;
  /** Paths are shown relative to it where that is shorter. */
  readonly cwd: string;
}

/** Where it is printed: what every verb and the command itself have. */
export type FailureIo = FailureStyle & { readonly stderr: (text: string) => void };

const width = 80;

/** Prints a failure for people; returns its exit code. Who pressed Ctrl-C met no error: that is one line. */
export function printFailure(failure: Failure, { stderr, color, cwd }: FailureIo): number {
  const stopped = failure.exit === 130 || failure.exit === 143;
  stderr(`${stopped ? failure.message : formatFailure(failure, { color, cwd })}\n`);
  return failure.exit;
}

/** Ends without a line break. */
export function formatFailure(failure: Failure, { color, cwd }: FailureStyle): string {
  const paint = pc.createColors(color);
  const title = failure.stage === undefined ? 'error' : `error in ${failure.stage}`;
  const lines = [wrapped(`${title}: ${failure.message}`, '  ').replace(title, paint.red(title))];
  if (failure.where !== undefined) lines.push(...placeLines(failure.where, cwd, paint));
  if (failure.expected !== undefined) lines.push(wrapped(`expected: ${failure.expected}`, '  '));
  if (failure.hint !== undefined) lines.push(wrapped(`hint: ${failure.hint}`, '  '));
  const also = (failure.also ?? []).map((other) => wrapped(`${placeOf(other.where, cwd)}${other.message}${expectedOf(other)}`, '  '));
  return [...lines, ...(also.length > 0 ? ['also:', ...also.map((line) => `  ${line.replaceAll('\n', '\n  ')}`)] : [])].join('\n');
}

/** `configs/monet.yaml:14:12`; a place on the command line has no line. */
export function formatWhere(where: Where, cwd: string): string {
  const file = /^([\\/]|[A-Za-z]:)/.test(where.file) ? shortPath(where.file, cwd) : where.file;
  return where.line === undefined ? file : `${file}:${where.line}${where.column === undefined ? '' : `:${where.column}`}`;
}

const placeOf = (where: Where | undefined, cwd: string): string => (where === undefined ? '' : `${formatWhere(where, cwd)}: `);

function expectedOf({ code, hint, expected }: Failure): string {
  if (code === 'config-unknown-key') return hint === undefined ? '' : ` (${hint})`;
  return expected === undefined ? '' : ` (expected ${expected})`;
}

function placeLines(where: Where, cwd: string, paint: ReturnType<typeof pc.createColors>): readonly string[] {
  const place = paint.cyan(formatWhere(where, cwd));
  if (where.text === undefined) return [place];
  const { text, column, length } = clipped(where.text, (where.column ?? 1) - 1, where.length ?? 1);
  // Tabs keep their width, so that the squiggle stands below what it means.
  const before = text.slice(0, column).replaceAll(/[^\t]/g, ' ');
  return [place, `  ${text}`, `  ${before}${paint.red('~'.repeat(length))}`];
}

/** The part of a long line that shows the place. */
function clipped(text: string, column: number, length: number) {
  const room = width - 4;
  if (text.length <= room) return { text, column, length };
  const from = Math.max(0, Math.min(column - Math.floor(room / 3), text.length - room));
  const cut = text.slice(from, from + room);
  const shown = `${from > 0 ? '…' : cut.slice(0, 1)}${cut.slice(1, -1)}${from + room < text.length ? '…' : cut.slice(-1)}`;
  return { text: shown, column: column - from, length: Math.max(1, Math.min(length, room - (column - from))) };
}

/** Breaks at spaces; a word longer than the line stays whole, so that paths and URLs can be copied. */
function wrapped(text: string, indent: string): string {
  const lines = text.split('\n').flatMap((paragraph) => {
    const out: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const room = width - (out.length === 0 ? 0 : indent.length);
      // Where it would fit in no line, a break before it makes nothing better.
      if (line !== '' && line.length + 1 + word.length > room && word.length <= width - indent.length) {
        out.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...out, line];
  });
  return lines.join(`\n${indent}`);
}
