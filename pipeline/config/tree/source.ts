/** Where in which text a value was written. Positions are offsets; lines and columns are made only when someone asks. */
import { relative } from 'node:path';
import type { Where } from '../../failure.ts';

/** The `file` of everything that was written on the command line. */
export const commandLine = 'command line';

/** A config file, or one override. Relative paths written in it are relative to `folder`. */
export interface SourceText {
  /** Absolute, or {@link commandLine}. */
  readonly file: string;
  readonly folder: string;
  readonly text: string;
}

/** A stretch of a text: what was written there, from `start` up to but not including `end`. */
export interface Source {
  readonly text: SourceText;
  readonly start: number;
  readonly end: number;
}

export const sourceOf = (text: SourceText, start: number, end: number): Source => ({ text, start, end });

/** File, line and column from 1, the line itself and how much of it to underline. An override has no line number. */
export function whereOf(source: Source): Where {
  const { file, text } = source.text;
  const start = Math.min(source.start, text.length);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const line = text.slice(lineStart, newline < 0 ? text.length : newline).replace(/\r$/, '');
  const column = start - lineStart + 1;
  const length = Math.max(1, Math.min(source.end, lineStart + line.length) - start);
  if (file === commandLine) return { file, column, length, text: line };
  return { file, line: lineNumber(text, lineStart), column, length, text: line };
}

function lineNumber(text: string, lineStart: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** `configs/monet.yaml:14:12`, or `command line: seed=2`: for a sentence or a table. Paths are relative to `cwd` where that is shorter. */
export function placeName(source: Source | undefined, cwd: string): string {
  if (source === undefined) return 'default';
  if (source.text.file === commandLine) return `${commandLine}: ${source.text.text}`;
  const where = whereOf(source);
  return `${shortPath(where.file, cwd)}:${where.line}:${where.column}`;
}

export function shortPath(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short !== '' && short.length < file.length ? short : file;
}
