/** Holds what a file of the user exports against the contract, and makes it a definition as ours are. */
import { basename } from 'node:path';
import { didYouMean } from '../config/nearest-name.ts';
import { stageValidatorName } from '../config/schema/schema.ts';
import { validatorFor } from '../config/schema/validator.ts';
import { failed, ok, type Failure, type FailureTable, type Result } from '../failure.ts';
import type { JsonSchema, OutputDeclaration, StageDefinition, UserSource } from '../stage.ts';
import { kindOf } from './kind-of.ts';
import { placeOfExport, placeOfMember } from './places.ts';
import { preparedBy } from './prepare.ts';
import type { StageExport } from './program.ts';

/** As the user writes it, its members' kinds checked; what is left out has a default. */
export interface WrittenStage {
  readonly version?: number;
  readonly summary?: string;
  readonly schema?: JsonSchema;
  readonly inputs?: StageDefinition['inputs'];
  readonly makes?: string;
  readonly reads?: readonly string[];
  readonly engine?: boolean;
  readonly random?: boolean;
  readonly failures?: FailureTable;
  readonly outputs: readonly OutputDeclaration[] | StageDefinition['outputs'];
  readonly prepare?: StageDefinition['prepare'];
  readonly checkEngine?: NonNullable<StageDefinition['checkEngine']>;
  readonly continues?: NonNullable<StageDefinition['continues']>;
}

interface Member {
  readonly expected: string;
  fits(value: unknown): boolean;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isTruth = (value: unknown): boolean => typeof value === 'boolean';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

const aFunction: Member = { expected: 'a function', fits: isFunction };

const members: Readonly<Record<string, Member>> = {
  uses: { expected: 'a text (the path in the config counts, not this)', fits: isText },
  version: { expected: 'an integer, 0 or more', fits: isCount },
  summary: { expected: 'a text', fits: isText },
  schema: { expected: 'a JSON Schema of the parameters, an object', fits: isObject },
  inputs: { expected: '{ min, max }: how many stages from may name', fits: (value) => isObject(value) && isCount(value['min']) && (isCount(value['max']) || value['max'] === Infinity) && value['min'] <= (value['max'] as number) },
  makes: { expected: 'a text', fits: isText },
  reads: { expected: 'a list of texts', fits: (value) => Array.isArray(value) && value.every(isText) },
  engine: { expected: 'true or false', fits: isTruth },
  random: { expected: 'true or false', fits: isTruth },
  failures: { expected: 'a table of failures: { code: { exit: 1, when: … } }', fits: isObject },
  outputs: { expected: 'a list of outputs, [{ path, kind }], or a function of the parameters that gives one', fits: (value) => Array.isArray(value) || isFunction(value) },
  prepare: aFunction,
  checkEngine: aFunction,
  continues: aFunction,
  run: aFunction,
  load: aFunction,
};

/** Failure: `user-stage-invalid`, at the place in the user's file. */
export async function definitionOf({ value, names }: StageExport, source: UserSource): Promise<Result<StageDefinition>> {
  const { file } = source;
  if (!isObject(value)) return noStage(value, names, file);
  const wrong = wrongMember(value, file);
  if (wrong !== undefined) return { ok: false, failure: wrong };
  const written = value as unknown as WrittenStage;
  const uses = `./${basename(file)}`;
  const schema: JsonSchema = { type: 'object', additionalProperties: false, ...written.schema };
  try {
    await validatorFor(stageValidatorName(uses), schema);
  } catch (error) {
    return failed('user-stage-invalid', `the schema of ${uses} is none: ${schemaMistake((error as Error).message)}`, { where: placeOfMember(file, 'schema'), expected: 'a JSON Schema, draft 2020-12, as ajv reads it in strict mode' });
  }
  return ok(definition(written, uses, schema, source));
}

/** ajv says of every alternative that it does not fit. */
const schemaMistake = (message: string): string => message.replace(/^schema is invalid: data\/?/, '').split(', data/', 1)[0]!;

function definition(written: WrittenStage, uses: string, schema: JsonSchema, source: UserSource): StageDefinition {
  const { version = 1, summary = '', inputs = { min: 0, max: 64 }, makes, reads, engine = false, failures = {}, checkEngine, continues } = written;
  const known = new WeakMap<object, readonly OutputDeclaration[]>();
  return {
    uses, version, summary, schema, inputs, engine, failures, source,
    ...(makes === undefined ? {} : { makes }),
    ...(reads === undefined ? {} : { reads }),
    ...(checkEngine === undefined ? {} : { checkEngine: checkEngine.bind(written) }),
    ...(continues === undefined ? {} : { continues: continues.bind(written) }),
    prepare(params, places) {
      const prepared = preparedBy(written, params, places, source);
      if (!prepared.ok) return prepared;
      known.set(prepared.value.prepared.params, prepared.value.outputs);
      return ok(prepared.value.prepared);
    },
    outputs: (params) => known.get(params as object) ?? outputsOf(written, params),
    load: () => Promise.reject(new Error(`${uses} runs in a process of its own`)),
  };
}

/** Unchecked. */
export const outputsOf = ({ outputs }: WrittenStage, params: unknown): readonly OutputDeclaration[] => (typeof outputs === 'function' ? outputs(params) : outputs);

function noStage(value: unknown, names: readonly string[], file: string): Result<never> {
  const what = value === undefined
    ? names.length === 0 ? 'exports nothing' : `exports ${names.join(', ')}, and no stage`
    : `exports ${Array.isArray(value) ? 'a list' : `a ${typeof value}`} as its stage`;
  return failed('user-stage-invalid', `${basename(file)} ${what}`, {
    where: placeOfExport(file), expected: 'export default defineStage({ schema, outputs, run })', hint: 'docs/user-stages.md has a whole one',
  });
}

function wrongMember(stage: Readonly<Record<string, unknown>>, file: string): Failure | undefined {
  const name = basename(file);
  for (const [key, value] of Object.entries(stage)) {
    const member = Object.hasOwn(members, key) ? members[key]! : undefined;
    const near = didYouMean(key, Object.keys(members));
    if (member === undefined) return invalid(`the stage in ${name} has ${key}, which no stage has`, `one of ${Object.keys(members).join(', ')}`, file, key, near);
    if (value !== undefined && !member.fits(value)) return invalid(`${key} of the stage in ${name} is ${kindOf(value)}`, member.expected, file, key);
  }
  if (stage['outputs'] === undefined) return invalid(`the stage in ${name} has no outputs`, members['outputs']!.expected, file);
  const ways = ['run', 'load'].filter((way) => stage[way] !== undefined);
  if (ways.length === 1) return undefined;
  return invalid(`the stage in ${name} has ${ways.length === 0 ? 'neither run nor load' : 'both run and load'}`, 'run(context), or load() that gives { run }', file);
}

function invalid(message: string, expected: string, file: string, member?: string, hint?: string): Failure {
  const where = member === undefined ? placeOfExport(file) : placeOfMember(file, member);
  return failed('user-stage-invalid', message, { where, expected, ...(hint === undefined ? {} : { hint }) }).failure;
}
