/** A schema made a function, here and now: all of them from source; in the shipped command those of the user's stages. Alone it imports ajv. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../stage.ts';
import { ajvOptions } from './ajv-options.ts';
import type { Validator } from './validator.ts';

const compiled = new WeakMap<JsonSchema, Validator>();

/** A schema that is none throws, with a message that says why. */
export function compileSchema(schema: JsonSchema): Validator {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const validator = new Ajv2020(ajvOptions).compile(schema) as Validator;
  compiled.set(schema, validator);
  return validator;
}
