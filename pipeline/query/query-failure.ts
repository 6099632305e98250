/** What is wrong with an expression, with the place in it. */
import { failed, type Result } from '../failure.ts';
import type { Span } from './expression.ts';

/** A text that was given to a flag. */
export interface QueryText {
  /** `--where`: where the text stands. */
  readonly flag: string;
  readonly text: string;
}

export function badQuery({ flag, text }: QueryText, { start, end }: Span, message: string, expected: string, hint?: string): Result<never> {
  return failed('query-invalid', message, {
    where: { file: flag, column: start + 1, length: Math.max(1, end - start), text }, expected, ...(hint === undefined ? {} : { hint }),
  });
}
