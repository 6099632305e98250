/** What `--where` says, parsed: conditions on the fields of a run, joined by and, or and not. */

/** From `start` up to but not including `end` in the text that was written. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The name of a field: `state`, `psnr_AtoB`, `loss.weights.cycle`. */
export interface FieldName extends Span {
  readonly name: string;
}

/** Ordering operators and equality compare; `~` looks for a regular expression. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~';

/** A value as it was written, with everything that it can mean: which of it counts depends on the field. */
export interface Literal extends Span {
  readonly text: string;
  /** In quotes it is text and nothing else. */
  readonly quoted: boolean;
  readonly number?: number;
  /** A duration (`2h`, `1h30min`), in seconds. */
  readonly seconds?: number;
  /** A date or a time: the milliseconds since 1970 from which and up to which (not included) it reaches. */
  readonly time?: { readonly from: number; readonly to: number };
  readonly items?: readonly Literal[];
  /** What `~` looks for. */
  readonly pattern?: RegExp;
}

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  /** A name alone: it has a value, and that is not false. */
  | { readonly kind: 'has'; readonly field: FieldName }
  | { readonly kind: 'compare'; readonly field: FieldName; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'in'; readonly field: FieldName; readonly values: readonly Literal[] };

export function comparisonsIn(expression: Expression): readonly Exclude<Expression, { readonly kind: 'and' | 'or' | 'not' }>[] {
  switch (expression.kind) {
    case 'and': case 'or': return expression.parts.flatMap(comparisonsIn);
    case 'not': return comparisonsIn(expression.of);
    default: return [expression];
  }
}
