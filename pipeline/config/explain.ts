/** Says of every value where it came from, and of one value all that is known. */
import type { Failure, Result } from '../failure.ts';
import { failed, ok } from '../failure.ts';
import type { Json } from '../stage.ts';
import type { ConfigNode } from './tree/config-node.ts';
import { nearestSource, nodeAt, toJson } from './tree/config-node.ts';
import type { LoadedConfig } from './load.ts';
import { didYouMean } from './nearest-name.ts';
import { valueAt } from './schema/schema-path.ts';
import { placeName, whereOf } from './tree/source.ts';

/** One value. `origin` is `file:line:column`, `command line: path=value` or `default`. */
export interface ExplainedValue {
  readonly path: string;
  readonly value: string;
  readonly origin: string;
}

/** Every single value of the config, in its order, defaults too; short lists count as one value. */
export function explainAll(loaded: LoadedConfig, cwd: string): readonly ExplainedValue[] {
  return leaves(wholeValue(loaded), []).map(({ path, value }) => ({
    path: path.join('.'),
    value: shown(value),
    origin: placeName(writtenAt(loaded, path)?.source, cwd),
  }));
}

/** Lines on the value (or mapping) at `path`: what it is, where it came from, by which references, what it replaced, where it goes. */
export function explainPath(loaded: LoadedConfig, path: string, cwd: string): Result<readonly string[]> {
  const names = path.split('.');
  const value = valueAt(wholeValue(loaded), names);
  const dropped = loaded.dropped.find((one) => one.path.join('.') === path);
  if (dropped !== undefined) {
    const owner = dropped.owner.at(-1)!;
    const now = placeName(dropped.ownerNode.source, cwd);
    const was = `  was ${shown(toJson(dropped.node))} at ${placeName(dropped.node.source, cwd)}`;
    return ok([`${path}: dropped`, was, `  it belongs to the ${owner} beside which it was written; ${owner} now comes from ${now}`]);
  }
  if (value === undefined) return { ok: false, failure: unknownPath(loaded, names) };
  if (!isSingle(value)) return ok(mappingLines(loaded, names, value, cwd));
  return ok([`${path}: ${shown(value)}`, ...originLines(writtenAt(loaded, names), cwd), ...destinations(loaded, names, cwd)]);
}

function mappingLines(loaded: LoadedConfig, names: readonly string[], value: Json, cwd: string): readonly string[] {
  return leaves(value, names).map(({ path, value: leaf }) => `${path.join('.')}: ${shown(leaf)}  (${placeName(writtenAt(loaded, path)?.source, cwd)})`);
}

function originLines(node: ConfigNode | undefined, cwd: string): readonly string[] {
  const via = (node?.via ?? []).map((source) => `  by the reference at ${placeName(source, cwd)}`);
  const replaced: string[] = [];
  for (let under = node?.overrode; under !== undefined; under = under.overrode) {
    replaced.push(`  instead of ${shown(toJson(under))} at ${placeName(under.source, cwd)}`);
  }
  return [`  from ${placeName(node?.source, cwd)}`, ...via, ...replaced];
}

/** The stages' parameters that hold this very value because they refer to it. */
function destinations(loaded: LoadedConfig, names: readonly string[], cwd: string): readonly string[] {
  const source = writtenAt(loaded, names)?.source;
  if (source === undefined) return [];
  const whole = leaves(wholeValue(loaded), []).filter(({ path }) => path.join('.') !== names.join('.'));
  const same = whole.filter(({ path }) => path[0] === 'stages' && samePlace(writtenAt(loaded, path)?.source, source, cwd));
  return same.map(({ path }) => `  goes to ${path.join('.')}`);
}

const samePlace = (a: ConfigNode['source'], b: NonNullable<ConfigNode['source']>, cwd: string): boolean =>
  a !== undefined && a.start === b.start && a.text.file === b.text.file && placeName(a, cwd) === placeName(b, cwd);

const writtenAt = ({ root }: LoadedConfig, path: readonly string[]): ConfigNode | undefined => nodeAt(root, path);

/** The config with every default, and the sections that stages take by reference. */
function wholeValue({ root, stages, config }: LoadedConfig): Json {
  const written = toJson(root) as { readonly [key: string]: Json };
  const filled = stages.map(({ name, params, from, definition }) => {
    const uses = definition.source?.file ?? definition.uses;
    const links = { ...(uses === name ? {} : { uses }), ...(from.length === 0 ? {} : { from: from.length === 1 ? from[0]! : from }) };
    return [name, { ...links, ...(params as { readonly [key: string]: Json }) }] as const;
  });
  return { ...written, engine: { ...config.engine }, stages: Object.fromEntries(filled) };
}

function leaves(value: Json, path: readonly string[]): readonly { readonly path: readonly string[]; readonly value: Json }[] {
  if (isSingle(value)) return [{ path, value }];
  return Object.entries(value as object).flatMap(([key, item]) => leaves(item as Json, [...path, key]));
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** A list of single values is shown whole: it is written, and overridden, as a whole. */
const isSingle = (value: Json): boolean => isScalar(value) || Object.keys(value as object).length === 0 || (Array.isArray(value) && value.every(isScalar));

const shown = (value: Json): string => JSON.stringify(value);

function unknownPath(loaded: LoadedConfig, names: readonly string[]): Failure {
  const whole = wholeValue(loaded);
  const depth = names.findIndex((_, index) => valueAt(whole, names.slice(0, index + 1)) === undefined);
  const parent = valueAt(whole, names.slice(0, depth));
  const known = typeof parent === 'object' && parent !== null ? Object.keys(parent) : [];
  const hint = didYouMean(names[depth]!, known);
  const source = nearestSource(loaded.root, names.slice(0, depth));
  const details = { ...(source === undefined ? {} : { where: whereOf(source) }), ...(known.length > 0 ? { expected: `one of ${known.join(', ')}` } : {}), ...(hint === undefined ? {} : { hint }) };
  return failed('config-unknown-key', `the config has no ${names.join('.')}`, details).failure;
}
