/** Places in the modules of a stage of the user, for failures that name them. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Where } from '../failure.ts';
import type { UserSource } from '../stage.ts';

type Modules = Pick<UserSource, 'file' | 'parts'>;

/** Line and column count from 1; the line itself as the file has it now. */
export function placeIn(file: string, line: number, column: number, length?: number): Where {
  const text = linesOf(file)[line - 1];
  if (text === undefined) return { file, line, column };
  return { file, line, column, text, length: Math.max(1, Math.min(length ?? wordAt(text, column - 1), text.length - column + 1)) };
}

const wordAt = (text: string, from: number): number => /^[\w$]+/.exec(text.slice(from))?.[0].length ?? 1;

/** The first place that matches one of `patterns`, those tried in order; else the file as a whole. */
export function firstMatch(file: string, patterns: readonly RegExp[]): Where {
  const lines = linesOf(file);
  for (const pattern of patterns) {
    for (const [index, text] of lines.entries()) {
      const found = pattern.exec(text);
      if (found !== null) return placeIn(file, index + 1, found.index + 1, found[0].trimEnd().length);
    }
  }
  return { file };
}

/** Where a module says what it exports as its stage. */
export const placeOfExport = (file: string): Where => firstMatch(file, [/\bexport\s+default\b/, /\bexport\s+const\s+stage\b/, /\bmodule\.exports\b/, /\bexport\b/]);

/** Where a definition has the member `name`. */
export function placeOfMember(file: string, name: string): Where {
  const found = firstMatch(file, [new RegExp(`(?<=^\\s*(async\\s+)?)${name}\\b(?=\\s*[:(,])`), new RegExp(`(?<=[{,]\\s*(async\\s+)?)${name}\\b(?=\\s*[:(,}])`)]);
  return found.line === undefined ? placeOfExport(file) : found;
}

/** Of an exception: the innermost place that is in a module of the stage; else its file. */
export function placeOfStack(stack: string, modules: Modules): Where {
  for (const text of stack.split('\n')) {
    const frame = frameIn(text);
    if (frame !== undefined && isModule(frame.file, modules)) return placeIn(frame.file, frame.line, frame.column);
  }
  return { file: modules.file };
}

/** The stack up to where the user's code was called: what called it is ours, and tells nobody anything. */
export function trimmedStack(stack: string, modules: Modules): string {
  const lines = stack.split('\n');
  const last = lines.findLastIndex((text) => {
    const frame = frameIn(text);
    return frame !== undefined && isModule(frame.file, modules);
  });
  const firstFrame = lines.findIndex((text) => /^\s+at /.test(text));
  return lines.slice(0, last >= 0 ? last + 1 : firstFrame >= 0 ? firstFrame : lines.length).join('\n');
}

/** Absolute paths of the stage's own modules. */
export function moduleFiles({ file, parts }: Modules): readonly string[] {
  return Object.keys(parts).filter((name) => name.startsWith('.')).map((name) => resolve(dirname(file), name));
}

const isModule = (file: string, modules: Modules): boolean => moduleFiles(modules).includes(file);

function frameIn(text: string): { readonly file: string; readonly line: number; readonly column: number } | undefined {
  const found = /^\s+at (?:.*\()?((?:file:\/\/)?[^()]+?):(\d+):(\d+)\)?$/.exec(text);
  if (found === null) return undefined;
  const [, place, line, column] = found;
  const path = place!.replace(/^async /, '');
  return { file: path.startsWith('file://') ? fileURLToPath(path) : path, line: Number(line), column: Number(column) };
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
