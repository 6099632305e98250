/** For the build alone: every schema under the name by which its validator is asked for, and the compiler with our options. */
import type { Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { catalog } from '../../stages/index.ts';
import { ajvOptions } from '../config/ajv-options.ts';
import { configSchema, configValidatorName, stageValidatorName } from '../config/schema.ts';
import type { JsonSchema } from '../stage.ts';

export const schemas: Readonly<Record<string, JsonSchema>> = {
  [configValidatorName]: configSchema,
  ...Object.fromEntries([...catalog.stages.values()].map(({ uses, schema }) => [stageValidatorName(uses), schema])),
};

export const createAjv = (options: Options): Ajv2020 => new Ajv2020({ ...ajvOptions, ...options });
