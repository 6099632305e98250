/** What a validator found, as failures that name the place, the value and what was expected. */
import type { Failure } from '../../failure.ts';
import { failed } from '../../failure.ts';
import type { Json, JsonSchema } from '../../stage.ts';
import type { ConfigNode, MapNode } from '../tree/config-node.ts';
import { keyAt, nearestSource, nodeAt } from '../tree/config-node.ts';
import { describeSchema, showValue } from './describe-schema.ts';
import { didYouMean, nearestName } from '../nearest-name.ts';
import { meantErrors } from './schema-alternatives.ts';
import { pathTo, pointerPath, schemaHolding, schemaOf, valueAt } from './schema-path.ts';
import type { Source } from '../tree/source.ts';
import { commandLine, whereOf } from '../tree/source.ts';
import type { SchemaError } from './validator.ts';
import { validatorFor } from './validator.ts';

/** What was validated, and where it stands in the config. */
export interface Validated {
  /** The whole config, references resolved. */
  readonly root: MapNode;
  /** The path of the validated value in it. */
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  readonly value: Json;
  /** Keys of its top that the schema does not list. */
  readonly alsoKnown?: readonly string[];
  /** A better hint for an unknown key of its top than the nearest name. */
  hintForKey?(key: string): string | undefined;
}

/** What is wrong with `validated.value`, nothing for a valid one. Fills its defaults in. */
export async function problemsBySchema(name: string, validated: Validated): Promise<readonly Failure[]> {
  const validate = await validatorFor(name, validated.schema);
  return validate(validated.value) ? [] : schemaProblems(validate.errors ?? [], validated);
}

function schemaProblems(errors: readonly SchemaError[], validated: Validated): readonly Failure[] {
  const own = errors.filter(({ schemaPath, keyword }) => keyword !== 'if' && !schemaPath.includes('/propertyNames/'));
  const meant = meantErrors(own);
  const found = meant.filter((error) => !follows(error, meant)).map((error) => problem(error, validated));
  return found.filter((failure, index) => !found.slice(0, index).some((earlier) => isSame(failure, earlier)));
}

/** Of one value both the kind and the range are wrong, say: what is told of it is the same. */
const isSame = (left: Failure, right: Failure): boolean =>
  left.message === right.message && left.expected === right.expected && left.where?.line === right.where?.line && left.where?.column === right.where?.column && left.where?.text === right.where?.text;

/** A mistake that is there only because of another: a key is missing since it is misspelt, an item is odd in a list too long. */
function follows(error: SchemaError, all: readonly SchemaError[]): boolean {
  return all.some((other) => {
    if (['minItems', 'maxItems'].includes(other.keyword)) return error.instancePath.startsWith(`${other.instancePath}/`);
    if (other.keyword !== 'additionalProperties' || error.keyword !== 'required' || other.instancePath !== error.instancePath) return false;
    return nearestName(String(other.params['additionalProperty']), [String(error.params['missingProperty'])]) !== undefined;
  });
}

function problem(error: SchemaError, validated: Validated): Failure {
  const inside = pointerPath(error.instancePath);
  const holder = schemaHolding(validated.schema, error.schemaPath);
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']), inside, holder, validated);
    case 'required':
      return missingKey(String(error.params['missingProperty']), inside, holder, validated);
    case 'propertyNames':
      return badName(String(error.params['propertyName']), inside, holder, validated);
    default:
      return invalidValue(error, inside, holder, validated);
  }
}

function unknownKey(key: string, inside: readonly string[], holder: JsonSchema | undefined, validated: Validated): Failure {
  const path = [...validated.path, ...inside];
  const top = inside.length === 0;
  const known = [...(top ? (validated.alsoKnown ?? []) : []), ...Object.keys((holder?.['properties'] as object | undefined) ?? {})];
  const deeper = holder === undefined ? undefined : pathTo(key, holder);
  const elsewhere = deeper === undefined ? undefined : `it stands deeper: ${[...path, ...deeper].join('.')}`;
  const near = didYouMean(key, known) ?? elsewhere ?? (top ? validated.hintForKey?.(key) : undefined) ?? (key === '<<' ? mergeKeyHint : undefined);
  const expected = known.length === 0 ? 'no keys here' : `one of ${known.join(', ')}`;
  return make('config-unknown-key', `unknown key "${key}" in ${nameOf(path)}`, keyPlace(validated, [...path, key]), expected, near);
}

const mergeKeyHint = 'YAML 1.2 has no merge keys: use extends, or a ${reference} to a whole mapping';

function missingKey(key: string, inside: readonly string[], holder: JsonSchema | undefined, validated: Validated): Failure {
  const path = [...validated.path, ...inside];
  const schema = holder === undefined ? undefined : schemaOf(holder, [key]);
  const expected = schema === undefined ? undefined : `${key}: ${describeSchema(schema)}`;
  return make('config-missing-key', `${nameOf(path)} has no ${key}`, keyPlace(validated, path), expected, description(schema));
}

function badName(name: string, inside: readonly string[], holder: JsonSchema | undefined, validated: Validated): Failure {
  const path = [...validated.path, ...inside, name];
  const names = holder?.['propertyNames'] as JsonSchema | undefined;
  const expected = names?.['pattern'] === undefined ? undefined : 'a letter, then letters, digits, _ and -';
  return make('config-invalid-value', `"${name}" cannot be a name in ${nameOf(path.slice(0, -1))}`, keyPlace(validated, path), expected, undefined);
}

function invalidValue(error: SchemaError, inside: readonly string[], holder: JsonSchema | undefined, validated: Validated): Failure {
  const path = [...validated.path, ...inside];
  const value = valueAt(validated.value, inside);
  const node = nodeAt(validated.root, path);
  const digits = longNumber(value, node);
  const shown = digits === undefined ? whatIsWrong(error, path, value, node?.kind === 'scalar' && node.empty === true) : `${nameOf(path)} is ${digits}, without quotes a number`;
  const property = schemaOf(validated.schema, inside);
  const hint = writtenHint(value, holder, node) ?? meantChoice(value, holder) ?? description(property ?? holder);
  return make('config-invalid-value', shown, valuePlace(validated, path), expectation(error, holder), hint);
}

/** A number that YAML does not give back as it was written, such as a sha256 that happens to have no letter. */
function longNumber(value: Json | undefined, node: ConfigNode | undefined): string | undefined {
  const written = node?.source?.text.text.slice(node.source.start, node.source.end);
  const text = written?.slice(written.lastIndexOf('=') + 1);
  return typeof value === 'number' && text !== undefined && text.length > 15 && /^[\d.e+-]+$/.test(text) ? (text.length > 40 ? `${text.slice(0, 39)}…` : text) : undefined;
}

function whatIsWrong({ keyword, params }: SchemaError, path: readonly string[], value: Json | undefined, empty: boolean): string {
  const noStage = path.join('.') === 'stages' && (keyword === 'minProperties' || empty);
  if (noStage) return 'a config needs at least one stage';
  if (keyword === 'uniqueItems' && Array.isArray(value)) return `${nameOf(path)} holds ${showValue(value[Number(params['i'])])} more than once`;
  return empty ? `${nameOf(path)} has no value` : `${nameOf(path)} is ${showValue(value)}`;
}

function expectation(error: SchemaError, holder: JsonSchema | undefined): string {
  if (error.keyword === 'uniqueItems') return 'each item at most once';
  if (error.keyword === 'minProperties') return 'at least one key in it';
  if (error.keyword === 'not' || holder === undefined) return error.message ?? 'another value';
  return describeSchema(holder);
}

/** Traps of YAML, where the value shows that someone fell into one. */
function writtenHint(value: Json | undefined, holder: JsonSchema | undefined, node: ConfigNode | undefined): string | undefined {
  if (holder === undefined) return undefined;
  const expected = describeSchema(holder);
  if (/^a text/.test(expected) && ['number', 'boolean'].includes(typeof value)) return node?.source?.text.file === commandLine ? `in quotes that the shell leaves there it is a text: '"…"'` : 'in quotes it is a text';
  if (typeof value !== 'string') return undefined;
  if (/true or false/.test(expected) && /^(yes|no|on|off)$/i.test(value)) return 'YAML 1.2 writes true and false';
  if (/an integer|a number/.test(expected) && value.trim() !== '' && Number.isFinite(Number(value))) return 'in quotes it is a text: leave them out';
  return undefined;
}

/** `mes` for `mse`. */
function meantChoice(value: Json | undefined, holder: JsonSchema | undefined): string | undefined {
  const alternatives = [holder, ...((holder?.['anyOf'] ?? holder?.['oneOf'] ?? []) as readonly JsonSchema[])];
  const choices = alternatives.flatMap((schema) => ((schema?.['enum'] ?? []) as readonly Json[]).filter((choice) => typeof choice === 'string'));
  return typeof value === 'string' ? didYouMean(value, choices) : undefined;
}

/** Characters of a hint; what is longer explains every choice. */
const hintAtMost = 200;

/** What the schema says of it; of a long text the first sentence. */
function description(schema: JsonSchema | undefined): string | undefined {
  const text = schema?.['description'] as string | undefined;
  return text === undefined || text.length <= hintAtMost ? text : /^.*?[.;](?= )/.exec(text)?.[0].replace(/;$/, '.') ?? text;
}

const nameOf = (path: readonly string[]): string => (path.length === 0 ? 'the config' : path.join('.'));

function keyPlace(validated: Validated, path: readonly string[]) {
  return keyAt(validated.root, path) ?? nearestSource(validated.root, path);
}

/** Of a mapping or list over several lines the key is the better place to point at. */
function valuePlace(validated: Validated, path: readonly string[]) {
  const node = nodeAt(validated.root, path);
  const isWritten = node?.kind === 'list' || (node?.kind === 'scalar' && node.empty !== true);
  const source = isWritten ? node?.source : undefined;
  const onOneLine = source !== undefined && !source.text.text.slice(source.start, source.end).includes('\n');
  return (onOneLine ? source : undefined) ?? keyPlace(validated, path);
}

type Code = 'config-unknown-key' | 'config-missing-key' | 'config-invalid-value';

function make(code: Code, message: string, place: Source | undefined, expected?: string, hint?: string): Failure {
  const where = place === undefined ? {} : { where: whereOf(place) };
  return failed(code, message, { ...where, ...(expected === undefined ? {} : { expected }), ...(hint === undefined ? {} : { hint }) }).failure;
}
