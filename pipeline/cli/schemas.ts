/** Every schema under the name that validatorFor() is asked for: what the build (bin/build.js) compiles to plain JavaScript. */
import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import { catalog } from '../../stages/index.ts';
import { ajvOptions } from '../config/schema/ajv-options.ts';
import { configSchema, configValidatorName, stageValidatorName } from '../config/schema/schema.ts';
import type { JsonSchema } from '../stage.ts';
import { sweepSchema, sweepValidatorName } from '../sweep/spec/sweep-schema.ts';
import { slurmSchema, slurmValidatorName } from '../sweep/slurm/settings.ts';

export const schemas: Readonly<Record<string, JsonSchema>> = {
  [configValidatorName]: configSchema,
  [sweepValidatorName]: sweepSchema,
  [slurmValidatorName]: slurmSchema,
  ...Object.fromEntries([...catalog.stages].map(([uses, { schema }]) => [stageValidatorName(uses), schema])),
};

export const createAjv = (code: NonNullable<Options['code']>): Ajv2020 => new Ajv2020({ ...ajvOptions, code });
