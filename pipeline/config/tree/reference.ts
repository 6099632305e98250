/**
 * `${a.b}` in a string names another value of the config. `\${` is a literal `${`; where backslashes stand directly
 * before `${`, two of them are one literal backslash.
 */
import type { Result } from '../../failure.ts';
import { failed, ok } from '../../failure.ts';

/** A piece of a string: literal text, or a reference by its path. */
export type StringPart = { readonly text: string } | { readonly path: string };

const whole = /^\$\{([^}]*)\}$/;
const start = /(\\*)\$\{/g;

/** Whether a value is a reference and nothing else, so that it takes over whatever it names. */
export const isReference = (value: unknown): value is string => typeof value === 'string' && whole.test(value);

export const referenceTo = (path: string): string => `\${${path}}`;

/** Whether there is anything to do in a string; most have nothing. */
export const mayRefer = (value: string): boolean => value.includes('${');

/** Splits a string into its parts. An unclosed or empty reference fails (without a place: the caller knows it). */
export function partsOf(value: string): Result<readonly StringPart[]> {
  const parts: StringPart[] = [];
  let at = 0;
  const literal = (text: string): void => void (text !== '' && parts.push({ text }));
  for (const match of value.matchAll(start)) {
    if (match.index < at) continue;
    const slashes = match[1]!.length;
    literal(value.slice(at, match.index) + '\\'.repeat(Math.floor(slashes / 2)));
    at = match.index + match[0].length;
    if (slashes % 2 === 1) {
      literal('${');
      continue;
    }
    const close = value.indexOf('}', at);
    if (close < 0) return failed('config-bad-reference', 'a ${ without its }', { hint: literalHint });
    const path = value.slice(at, close).trim();
    if (!/^[^.\s]+(\.[^.\s]+)*$/.test(path)) {
      return failed('config-bad-reference', `\${${path}} is not a reference`, { expected: '${a.b}: names joined by dots', hint: literalHint });
    }
    parts.push({ path });
    at = close + 1;
  }
  literal(value.slice(at));
  return ok(parts);
}

export const literalHint = 'for a literal ${ write \\${';

/** The string that {@link partsOf} reads as this text. */
export const escapeReferences = (text: string): string => text.replaceAll(start, (_, slashes: string) => `${slashes}${slashes}\\\${`);
