/** The whole config as it was understood: no references, no defaults left out, paths absolute. Loading it gives the same. */
import type { EngineRequest } from '../catalog.ts';
import type { Json, JsonSchema } from '../stage.ts';
import { bothDirections } from './schema/ajv-options.ts';
import type { StageConfig } from './config.ts';
import { engineJson } from './read/engine-request.ts';
import { escapeReferences } from './tree/reference.ts';
import { schemaOf } from './schema/schema-path.ts';

export interface ResolvedParts {
  readonly name: string;
  readonly description: Json | undefined;
  readonly seed: number;
  readonly engine: EngineRequest;
  readonly stages: readonly StageConfig[];
  readonly report: Json | undefined;
}

/** The free sections are left out: every stage holds what it took from them. */
export function resolvedJson(parts: ResolvedParts): Json {
  const { name, description, seed, engine, stages, report } = parts;
  return {
    name,
    ...(description ? { description: escaped(description) } : {}),
    seed,
    engine: engineJson(engine),
    stages: Object.fromEntries(stages.map((stage) => [stage.name, stageJson(stage)])),
    ...(report ? { report: escaped(report) } : {}),
  };
}

const known = new WeakMap<StageConfig, Json>();

/** Made once: trials of a sweep share stages. */
function stageJson(stage: StageConfig): Json {
  const json = known.get(stage) ?? makeStageJson(stage);
  known.set(stage, json);
  return json;
}

function makeStageJson({ name, definition, from, prepared }: StageConfig): Json {
  // Through JSON, so that what a stage left undefined is left out.
  const params = JSON.parse(JSON.stringify(prepared.params ?? {})) as { readonly [key: string]: Json };
  return {
    ...usesOf(name, definition),
    ...(from.length === 0 ? {} : { from: from.length === 1 ? from[0]! : [...from] }),
    ...(escaped(pairsAsNumbers(params, definition.schema, [])) as { readonly [key: string]: Json }),
  };
}

/** A stage of the user by its absolute path: the resolved config lies elsewhere. */
function usesOf(name: string, { uses, source }: StageConfig['definition']): { readonly uses?: string } {
  if (source !== undefined) return { uses: escapeReferences(source.file) };
  return uses === name ? {} : { uses };
}

/** A pair of equal numbers as one, where the schema says that one number means the same. */
function pairsAsNumbers(value: Json, schema: JsonSchema, path: readonly string[]): Json {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const equal = items.length === 2 && typeof items[0] === 'number' && items[0] === items[1];
    return equal && schemaOf(schema, path)?.[bothDirections] === true ? items[0]! : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pairsAsNumbers(item, schema, [...path, key])]));
}

/** A text that holds `${` must come back as that text. */
function escaped(value: Json): Json {
  if (typeof value === 'string') return escapeReferences(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escaped(item)]));
}
