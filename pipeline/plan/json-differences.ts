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

/** `loss.weights.cycle 10 → 5`. */
export function sayDifference({ path, before, after }: JsonDifference): string {
  return `${path === '' ? 'value' : path} ${sayValue(before)} → ${sayValue(after)}`;
}

const longest = 60;

/** An equal pair as one number, as people write a loss weight; long values are cut. */
function sayValue(value: Json | undefined): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && value[0] === value[1]) return String(value[0]);
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value).replaceAll(',', ', ');
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: Json): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}
