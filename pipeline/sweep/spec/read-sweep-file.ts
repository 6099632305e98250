/** A sweep's file, read and checked: every mistake at its line and column. */
import { resolve } from 'node:path';
import { parseYaml } from '../../config/read/parse-yaml.ts';
import { readConfigText } from '../../config/read/read-text.ts';
import { combine } from '../../config/check/problem.ts';
import type { Override } from '../../config/override/override.ts';
import { splitAtTopLevelCommas } from '../../config/override/top-level-commas.ts';
import { longForm } from '../../config/read/engine-request.ts';
import { problemsBySchema } from '../../config/schema/schema-problems.ts';
import { scalar, toJson, type ConfigNode, type MapNode } from '../../config/tree/config-node.ts';
import { sourceOf, whereOf, type Source, type SourceText } from '../../config/tree/source.ts';
import { fail, failed, ok, type Failure, type Result } from '../../failure.ts';
import type { Json } from '../../stage.ts';
import type { Halving } from '../sweep-record.ts';
import { valueText, type Axis, type AxisValue } from './axis.ts';
import { sweepSchema, sweepValidatorName } from './sweep-schema.ts';
import { placeHalving } from './halving-places.ts';
import type { Exclusion, Sample, SweepSpec } from './sweep-spec.ts';
import { callIn } from './value-functions.ts';

/** Later than the config and all that it extends, before what is typed: see config-node.ts on layers. */
const fileLayer = 1_000_000;

/** As the schema leaves it. */
interface Written {
  readonly name?: string;
  readonly config: string;
  readonly zip?: readonly (string | readonly string[])[];
  readonly seeds?: number | readonly number[];
  readonly sample?: Sample;
  readonly halving?: Halving;
  readonly on?: string;
  readonly on_error?: 'continue' | 'stop';
  readonly jobs?: number;
}

/** `file`: absolute. Failures: those of reading a config, by the sweep's own schema, and `sweep-invalid`. */
export async function readSweepFile(file: string): Promise<Result<SweepSpec>> {
  const text = await readConfigText(file);
  if (!text.ok) return text;
  return readSweepText(text.value);
}

export async function readSweepText(text: SourceText): Promise<Result<SweepSpec>> {
  const parsed = parseYaml(text, fileLayer);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  if (root.kind !== 'map') return failed('config-invalid-value', 'the sweep is no mapping', { where: { file: text.file }, expected: 'a mapping with the keys config and axes' });
  const value = toJson(root);
  const problems = await problemsBySchema(sweepValidatorName, { root, path: [], schema: sweepSchema, value });
  if (problems.length > 0) return fail(combine(problems, text.file));
  return specOf(text, root, value as unknown as Written);
}

function specOf(text: SourceText, root: MapNode, written: Written): Result<SweepSpec> {
  const problems: Failure[] = [];
  const note = <T>(made: Result<T>): readonly T[] => {
    if (!made.ok) problems.push(made.failure);
    return made.ok ? [made.value] : [];
  };
  const fixed = entriesOf(root, 'set').flatMap(([path, key, node]) => note(overrideOf(path, key, node)));
  const axes = entriesOf(root, 'axes').flatMap(([path, key, node]) => note(axisOf(path, key, node)));
  const rising = written.halving === undefined || written.halving.epochs.every((epochs, index, all) => index === 0 || epochs > all[index - 1]!);
  if (!rising) problems.push(failed('sweep-invalid', 'the rungs do not rise', { ...place(root, ['halving', 'epochs']), expected: 'each rung trains longer than the one before' }).failure);
  if (problems.length > 0) return fail(combine(problems, text.file));
  const { where: configWhere } = place(root, ['config']);
  return ok({
    name: written.name, config: resolve(text.folder, written.config), ...(configWhere && { configWhere }), file: text.file, fixed, axes,
    zip: groupsOf(written.zip ?? []), zipSources: namesIn(root.entries.get('zip')?.node), exclude: exclusionsOf(root), seeds: written.seeds, sample: written.sample, halving: halvingOf(root, written),
    on: written.on === undefined ? undefined : { on: written.on, folder: text.folder, ...place(root, ['on']) },
    onError: written.on_error ?? 'continue', jobs: written.jobs,
  });
}

function halvingOf(root: MapNode, { halving }: Written): Halving | undefined {
  const written = root.entries.get('halving')?.node;
  if (halving === undefined || written?.kind !== 'map') return halving;
  const epochs = written.entries.get('epochs')?.node;
  return placeHalving(halving, { metric: written.entries.get('metric')?.node.source, epochs: epochs?.kind === 'list' ? epochs.items.map(({ source }) => source) : [] });
}

function place(root: MapNode, path: readonly string[]): { readonly where?: ReturnType<typeof whereOf> } {
  let node: ConfigNode | undefined = root;
  for (const name of path) node = node?.kind === 'map' ? node.entries.get(name)?.node : undefined;
  return node?.source === undefined ? {} : { where: whereOf(node.source) };
}

const groupsOf = (zip: readonly (string | readonly string[])[]): readonly (readonly string[])[] =>
  (zip.every((each) => typeof each === 'string') ? (zip.length === 0 ? [] : [zip]) : zip as readonly (readonly string[])[]);

function namesIn(node: ConfigNode | undefined): ReadonlyMap<string, Source> {
  if (node?.kind === 'list') return new Map(node.items.flatMap((item) => [...namesIn(item)]));
  return new Map(node?.kind === 'scalar' && node.source !== undefined ? [[String(node.value), node.source]] : []);
}

function entriesOf(root: MapNode, name: string): readonly (readonly [path: string, key: Source, node: ConfigNode])[] {
  const node = root.entries.get(name)?.node;
  return node?.kind === 'map' ? [...node.entries].map(([path, entry]) => [path, entry.key ?? entry.node.source ?? root.source!, entry.node] as const) : [];
}

function exclusionsOf(root: MapNode): readonly Exclusion[] {
  const list = root.entries.get('exclude')?.node;
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => (item.kind !== 'map' ? [] : [{
    source: item.source!,
    conditions: new Map([...item.entries].map(([path, { node }]): [string, readonly Json[]] => [path, node.kind === 'list' ? [toJson(node), ...node.items.map(toJson)] : [toJson(node)]])),
  }]));
}

function axisOf(path: string, key: Source, node: ConfigNode): Result<Axis> {
  if (node.kind === 'map') return nestedAxis(path, key, node);
  const called = node.kind === 'scalar' && typeof node.value === 'string' ? callIn(node.value) : undefined;
  const source = node.source ?? key;
  if (called !== undefined && 'wrong' in called) return failed('sweep-invalid', called.wrong, { where: whereOf(source), expected: called.expected });
  const made = (value: number): Result<AxisValue> => valueOf(path, key, scalar(value, source, fileLayer));
  if (called !== undefined && 'distribution' in called) {
    const probe = made(0);
    return probe.ok ? ok({ path, source: key, takes: { distribution: called.distribution, at: (value) => (made(value) as { readonly value: AxisValue }).value } }) : probe;
  }
  const results = called === undefined ? listed(node).map((item) => valueOf(path, key, item)) : called.values.map(made);
  const values: AxisValue[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  if (values.length > 0) return ok({ path, source: key, takes: { values } });
  return failed('sweep-invalid', `${path} has no values`, { where: whereOf(source), expected: 'a list of values, or range(start, stop, step)' });
}

/** `loss: { weights: { cycle: [1, 2] } }`, as a config has it: here a path stands in one line. */
function nestedAxis(path: string, key: Source, node: MapNode) {
  let [leaf, names]: [ConfigNode, string] = [node, path];
  while (leaf.kind === 'map' && leaf.entries.size > 0) {
    const [name, entry]: [string, { readonly node: ConfigNode }] = [...leaf.entries][0]!;
    [leaf, names] = [entry.node, `${names}.${name}`];
  }
  const written = leaf.source === undefined ? '' : leaf.source.text.text.slice(leaf.source.start, leaf.source.end);
  return failed('sweep-invalid', `${path} is a mapping, not the values that it takes`, {
    where: whereOf(key), expected: 'the whole path of a value, then a list of values', hint: `write ${names}: ${written === '' || written.includes('\n') ? '[…]' : written}`,
  });
}

/** `1, 2, 5` in one text is three, as on the command line. */
function listed(node: ConfigNode): readonly ConfigNode[] {
  if (node.kind === 'list') return node.items;
  if (node.kind === 'scalar' && node.empty === true) return [];
  const isText = node.kind === 'scalar' && typeof node.value === 'string' && node.source?.text.text[node.source.start] !== '"' && node.source?.text.text[node.source.start] !== "'";
  const pieces = isText ? splitAtTopLevelCommas(node.value as string) : [];
  if (pieces.length < 2) return [node];
  return pieces.map((piece) => {
    const parsed = parseYaml({ ...node.source!.text, text: piece }, fileLayer);
    return parsed.ok ? { ...parsed.value, source: node.source } : node;
  });
}

function valueOf(path: string, key: Source, node: ConfigNode): Result<AxisValue> {
  const override = overrideOf(path, key, node);
  if (!override.ok) return override;
  const json = toJson(node);
  return ok({ override: override.value, json, text: valueText(json) });
}

/** As an override that was typed, but for where its parts stand. */
function overrideOf(written: string, key: Source, value: ConfigNode): Result<Override> {
  const path = written.split('.');
  const wrong = path.some((name) => name === '' || /\s/.test(name)) || path[0] === 'extends';
  if (wrong) return failed('sweep-invalid', `${written} is not the path of a value`, { where: whereOf(key), expected: 'names joined by dots, as in loss.weights.cycle' });
  if (value.kind === 'scalar' && value.empty === true) return failed('sweep-invalid', `${written} is given no value`, { where: whereOf(key), expected: 'a value', hint: 'null is no value at all, "" is an empty text' });
  return ok({ path, keys: keysOf(key, written, path), value: path.length === 1 && path[0] === 'engine' ? longForm(value) : value, source: value.source ?? key });
}

/** Each name of the path by itself, where the key is written without quotes. */
function keysOf(key: Source, written: string, path: readonly string[]): readonly Source[] {
  if (key.text.text.slice(key.start, key.end) !== written) return path.map(() => key);
  let at = key.start;
  return path.map((name) => {
    const source = sourceOf(key.text, at, at + name.length);
    at += name.length + 1;
    return source;
  });
}
