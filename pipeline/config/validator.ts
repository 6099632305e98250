/** A schema made a function. The build puts ajv's ready-made code in the place of this module: nothing else imports ajv. */
import type { JsonSchema } from '../stage.ts';
import { ajvOptions } from './ajv-options.ts';

/** What ajv reports for one mistake; paths are JSON pointers into the value and into the schema. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Fills absent defaults into `value` and returns the mistakes, none for a valid value. */
export type Validator = (value: unknown) => readonly SchemaError[];

const compiled = new WeakMap<JsonSchema, Validator>();

/** `name` is `config` for the config itself and `stage-<uses>` for a stage: by it the build finds the code it made. */
export async function validatorFor(_name: string, schema: JsonSchema): Promise<Validator> {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const validate = new Ajv2020(ajvOptions).compile(schema);
  const validator: Validator = (value) => (validate(value) ? [] : ((validate.errors ?? []) as readonly SchemaError[]));
  compiled.set(schema, validator);
  return validator;
}
