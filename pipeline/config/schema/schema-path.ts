/** JSON pointers, as a validator writes them: `/weights/cycle` into a value, `#/properties/size/anyOf` into a schema. */
import type { Json, JsonSchema } from '../../stage.ts';

export function pointerPath(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The schema that holds the keyword at the end of `schemaPath`; none where the path leads through a $ref. */
export function schemaHolding(schema: JsonSchema, schemaPath: string): JsonSchema | undefined {
  let at: unknown = schema;
  for (const part of pointerPath(schemaPath).slice(0, -1)) at = (at as Record<string, unknown> | undefined)?.[part];
  return typeof at === 'object' && at !== null ? (at as JsonSchema) : undefined;
}

/** The schema of the value at `path`, through properties, items and the alternatives that have it. */
export function schemaOf(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  for (const alternative of alternatives(schema)) {
    const properties = alternative['properties'] as Record<string, JsonSchema> | undefined;
    const inside = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : elementSchema(alternative, name);
    const found = inside === undefined ? undefined : schemaOf(inside, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The path of the first property of that name below the top of a schema. */
export function pathTo(name: string, schema: JsonSchema): readonly string[] | undefined {
  for (const alternative of alternatives(schema)) {
    for (const [key, inside] of Object.entries((alternative['properties'] as Record<string, JsonSchema> | undefined) ?? {})) {
      const [found] = alternatives(inside).filter(({ properties }) => properties !== undefined && Object.hasOwn(properties as object, name));
      const rest = found === undefined ? pathTo(name, inside) : [name];
      if (rest !== undefined) return [key, ...rest];
    }
  }
  return undefined;
}

/** The schema itself and whatever it offers by anyOf, oneOf or allOf. */
function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => (schema[keyword] as readonly JsonSchema[] | undefined) ?? []);
  return [schema, ...branches.flatMap(alternatives)];
}

function elementSchema(schema: JsonSchema, name: string): JsonSchema | undefined {
  const { prefixItems, items, additionalProperties } = schema as { prefixItems?: readonly JsonSchema[]; items?: unknown; additionalProperties?: unknown };
  if (/^\d+$/.test(name)) return prefixItems?.[Number(name)] ?? asSchema(items) ?? asSchema(additionalProperties);
  return asSchema(additionalProperties);
}

const asSchema = (value: unknown): JsonSchema | undefined => (typeof value === 'object' && value !== null ? (value as JsonSchema) : undefined);

export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as { readonly [key: string]: Json })[name];
  }
  return at;
}
