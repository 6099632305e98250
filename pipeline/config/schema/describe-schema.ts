/** Says in words what a JSON Schema accepts: `an integer from 1 to 1024`, `cpu or gpu`, `a list of 2 numbers`. */
import type { JsonSchema } from '../../stage.ts';

export function describeSchema(schema: JsonSchema): string {
  if ('const' in schema) return literal(schema['const']);
  const choices = schema['enum'] as readonly unknown[] | undefined;
  if (choices !== undefined) return joined(choices.map(literal));
  const branches = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonSchema[] | undefined;
  if (branches !== undefined) return joined([...new Set(branches.map(describeSchema))]);
  const types = typesOf(schema);
  return types.length === 0 ? 'another value' : joined(types.map((type) => describeType(type, schema)));
}

export function typesOf(schema: JsonSchema): readonly string[] {
  const type = schema['type'];
  if (Array.isArray(type)) return type as string[];
  return typeof type === 'string' ? [type] : [];
}

/** A value as a person wrote it, short enough for one line. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  if (typeof value === 'string') return `the text ${shorten(JSON.stringify(value))}`;
  if (Array.isArray(value)) return `the list ${shorten(JSON.stringify(value))}`;
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return JSON.stringify(value);
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

const literal = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function joined(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? 'nothing';
  if (words.some((word) => /,| or /.test(word))) return words.join('; or ');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function describeType(type: string, schema: JsonSchema): string {
  switch (type) {
    case 'integer':
    case 'number':
      return `${type === 'integer' ? 'an integer' : 'a number'}${range(schema)}`;
    case 'string':
      return schema['pattern'] === undefined ? (schema['minLength'] ? 'a text that is not empty' : 'a text') : `a text that matches ${String(schema['pattern'])}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return list(schema);
    case 'object':
      return mappingOf(schema);
    default:
      return type;
  }
}

function range(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema as Record<string, number | undefined>;
  const multiple = multipleOf === undefined ? '' : `, a multiple of ${multipleOf}`;
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}${multiple}`;
  const low = minimum !== undefined ? `${minimum} or more` : exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : undefined;
  const high = maximum !== undefined ? `${maximum} or less` : exclusiveMaximum !== undefined ? `below ${exclusiveMaximum}` : undefined;
  if (low !== undefined && high !== undefined) return `, ${low} and ${high}${multiple}`;
  const bound = low ?? high;
  if (bound === undefined) return multiple;
  return `${/^\S+ or/.test(bound) ? ',' : ''} ${bound}${multiple}`;
}

function list(schema: JsonSchema): string {
  const { minItems, maxItems, items, prefixItems } = schema as { minItems?: number; maxItems?: number; items?: JsonSchema | false; prefixItems?: readonly JsonSchema[] };
  if (prefixItems !== undefined) return `a list of ${prefixItems.map(describeSchema).join(' and ')}`;
  const what = items ? plural(describeSchema(items)) : 'values';
  if (minItems !== undefined && minItems === maxItems) return `a list of ${minItems} ${what}`;
  if (maxItems !== undefined) return `a list of ${minItems === undefined || minItems === 0 ? 'at most' : `${minItems} to`} ${maxItems} ${what}`;
  if (minItems !== undefined && minItems > 0) return `a list of at least ${minItems} ${what}`;
  return `a list of ${what}`;
}

/** `an integer, 1 or more` → `integers, 1 or more`. */
function plural(phrase: string): string {
  const simple = /^an? (\w+)(?=$|,| from| above| below)/;
  return simple.test(phrase) ? phrase.replace(simple, '$1s') : `values (${phrase})`;
}

function mappingOf(schema: JsonSchema): string {
  const names = Object.keys((schema['properties'] as object | undefined) ?? {});
  if (names.length === 0) return 'a mapping';
  return `a mapping (${names.slice(0, 6).join(', ')}${names.length > 6 ? ', …' : ''})`;
}
