/** Where two JSON values differ, in words for people. */
import type { Json } from '../stage.ts';
import { canonicalJson } from './canonical-json.ts';

export interface JsonDifference {
  /** As in `loss.weights.cycle`; empty for the values themselves. */
  readonly path: string;
  /** Undefined where it is absent on that side. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

type JsonObject = { readonly [key: string]: Json };

/** Every leaf that differs, in the order of the keys. A list counts as one leaf unless its items are mappings. */
export function jsonDifferences(before: Json | undefined, after: Json | undefined, path = ''): readonly JsonDifference[] {
  if (before !== undefined && after !== undefined) {
    if (canonicalJson(before) === canonicalJson(after)) return [];
    if (isObject(before) && isObject(after)) return differencesOfMembers(before, after, path);
    if (isListOfObjects(before) && isListOfObjects(after) && before.length === after.length) {
      return differencesOfMembers(Object.fromEntries(before.entries()), Object.fromEntries(after.entries()), path);
    }
  }
  return [{ path, before, after }];
}

function differencesOfMembers(before: JsonObject, after: JsonObject, path: string): readonly JsonDifference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .filter((key) => before[key] !== undefined || after[key] !== undefined)
    .flatMap((key) => jsonDifferences(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

/** `loss.weights.cycle 10 → 5`. Of long values that begin alike, what follows. */
export function sayDifference({ path, before, after }: JsonDifference): string {
  const [was, is] = [textOf(before), textOf(after)];
  const from = Math.max(was.length, is.length) > longest ? commonStart(was, is) : 0;
  return `${path === '' ? 'value' : path} ${cut(was, from)} → ${cut(is, from)}`;
}

const longest = 60;
/** How much is shown at most of what both begin with: the last word. */
const shownBefore = 16;

function commonStart(one: string, other: string): number {
  let at = 0;
  while (at < Math.min(one.length, other.length) && one[at] === other[at]) at += 1;
  const word = one.lastIndexOf(' ', at - 2) + 1;
  return Math.max(0, at - word > shownBefore ? at - shownBefore : word);
}

function cut(text: string, from: number): string {
  const rest = from === 0 ? text : `…${text.slice(from)}`;
  return rest.length > longest ? `${rest.slice(0, longest - 1)}…` : rest;
}

/** An equal pair as one number, as people write a loss weight. */
function textOf(value: Json | undefined): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && value[0] === value[1]) return String(value[0]);
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value).replaceAll(',', ', ');
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: Json): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}
