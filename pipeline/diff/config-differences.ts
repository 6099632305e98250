/** Values of the resolved configs that are not the same in every column, with where each was written. */
import { canonicalJson } from '../plan/canonical-json.ts';
import type { Json } from '../stage.ts';
import type { ConfigDifference, WrittenValue } from './comparison.ts';
import type { GatheredRun } from './gather.ts';

/** One run stands for each column. Runs whose config cannot be read say nothing: their values are null. */
export function configDifferences(runs: readonly GatheredRun[]): readonly ConfigDifference[] {
  const known = runs.filter(({ config }) => config !== undefined);
  const whole = wholeStages(known);
  const leaves = runs.map(({ config }) => new Map(config === undefined ? [] : leavesOf(longForm(config), '', whole)));
  const paths = new Set(leaves.flatMap((each) => [...each.keys()]));
  return [...paths].flatMap((path): readonly ConfigDifference[] => {
    const texts = runs.flatMap(({ config }, column) => (config === undefined ? [] : [textOf(leaves[column]!.get(path))]));
    if (new Set(texts).size < 2) return [];
    return [{ path, values: runs.map((run, column) => written(run, path, leaves[column]!.get(path))) }];
  });
}

/** `engine: auto` is short for its mapping, and what a config without any has. */
function longForm(config: Json): Json {
  if (!isMapping(config)) return config;
  const { engine = 'auto' } = config;
  return isMapping(engine) ? { ...config, engine: { backend: 'auto', ...engine } } : { ...config, engine: { backend: engine } };
}

/** A stage that some run has not is one difference, not one for each of its parameters. */
function wholeStages(runs: readonly GatheredRun[]): ReadonlySet<string> {
  const stages = runs.map(({ config }) => Object.keys(member(config, 'stages') ?? {}));
  return new Set(stages.flat().filter((name) => !stages.every((each) => each.includes(name))).map((name) => `stages.${name}`));
}

function leavesOf(value: Json, path: string, whole: ReadonlySet<string>): readonly (readonly [string, Json])[] {
  if (whole.has(path) || !isMapping(value) || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, path === '' ? key : `${path}.${key}`, whole));
}

type Mapping = { readonly [key: string]: Json };

/** A list of mappings is taken apart, as config paths name its items; a list of single values is one value. */
const isMapping = (value: Json): value is Mapping =>
  typeof value === 'object' && value !== null && (!Array.isArray(value) || value.some((item) => typeof item === 'object' && item !== null));

const member = (value: Json | undefined, key: string): Mapping | undefined => {
  const found = typeof value === 'object' && value !== null ? (value as Mapping)[key] : undefined;
  return found !== undefined && isMapping(found) ? found : undefined;
};

const textOf = (value: Json | undefined): string => (value === undefined ? '' : canonicalJson(value));

function written({ places }: GatheredRun, path: string, value: Json | undefined): WrittenValue | null {
  if (value === undefined) return null;
  if (places === undefined) return { value };
  const below = Object.keys(places).find((each) => each.startsWith(`${path}.`));
  const short = path === 'engine.backend' ? places['engine'] : undefined;
  return { value, place: places[path] ?? short ?? (below === undefined ? 'default' : places[below]!) };
}
