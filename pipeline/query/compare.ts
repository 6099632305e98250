/** Whether a value of a run is as a condition says. */
import type { Json } from '../stage.ts';
import type { Literal, Operator } from './expression.ts';

/** What a run has in a field. */
export type FieldValue =
  /** Of the config or a figure; undefined where the run has none. */
  | { readonly kind: 'value'; readonly value: Json | undefined }
  /** Seconds. */
  | { readonly kind: 'duration'; readonly value: number | undefined }
  /** Milliseconds since 1970. */
  | { readonly kind: 'time'; readonly value: number | undefined }
  /** Tags: a condition holds where it holds for one of them. */
  | { readonly kind: 'set'; readonly value: readonly string[] };

export function holds(field: FieldValue, operator: Operator, literal: Literal): boolean {
  switch (operator) {
    case '!=': return !holds(field, '=', literal);
    case '!~': return !holds(field, '~', literal);
    default: break;
  }
  if (field.kind === 'set') return field.value.some((each) => valueHolds(each, operator, literal));
  if (field.kind === 'time') return field.value !== undefined && timeHolds(field.value, operator, literal);
  return valueHolds(field.value, operator, literal);
}

/** A list is compared item by item, and the condition holds where it does for each: a weight is often a pair. */
function valueHolds(value: Json | undefined, operator: Operator, literal: Literal): boolean {
  if (value === undefined) return false;
  if (operator === '~') return literal.pattern!.test(textOf(value));
  if (operator === '=' && literal.items !== undefined) return isList(value) && value.length === literal.items.length && value.every((item, index) => valueHolds(item, '=', literal.items![index]!));
  if (isList(value)) return value.length > 0 && value.every((item) => valueHolds(item, operator, literal));
  if (typeof value === 'number') {
    const wanted = literal.number ?? literal.seconds;
    return wanted !== undefined && ordered(value - wanted, operator);
  }
  if (typeof value === 'string') return operator === '=' ? value === literal.text : (literal.quoted || literal.time !== undefined) && ordered(value < literal.text ? -1 : Number(value > literal.text), operator);
  return operator === '=' && String(value) === literal.text;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** `difference`: the run's value less the written one. */
function ordered(difference: number, operator: Operator): boolean {
  switch (operator) {
    case '<': return difference < 0;
    case '<=': return difference <= 0;
    case '>': return difference > 0;
    case '>=': return difference >= 0;
    default: return difference === 0;
  }
}

/** A day is a stretch of time: `=` is within it, `>` after its end. */
function timeHolds(value: number, operator: Operator, { time, pattern }: Literal): boolean {
  if (operator === '~') return pattern!.test(new Date(value).toISOString());
  if (time === undefined) return false;
  switch (operator) {
    case '<': return value < time.from;
    case '<=': return value < time.to;
    case '>': return value >= time.to;
    case '>=': return value >= time.from;
    default: return value >= time.from && value < time.to;
  }
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Whether a run has something in it: a name alone asks that. */
export function isGiven({ kind, value }: FieldValue): boolean {
  if (kind === 'set') return value.length > 0;
  return value !== undefined && value !== null && value !== false && value !== '';
}

/** For sorting: what is not given comes last, whichever way round. Numbers before texts. */
export function orderOf(left: FieldValue, right: FieldValue): number {
  const [a, b] = [sortable(left), sortable(right)];
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

function sortable({ value }: FieldValue): number | string {
  const first = Array.isArray(value) ? (value as readonly Json[])[0] : value;
  if (typeof first === 'number') return first;
  return typeof first === 'string' ? first : JSON.stringify(first ?? null);
}
