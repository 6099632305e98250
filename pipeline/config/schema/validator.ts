/** A schema made a function. The build puts ajv's ready-made code for our own schemas in the place of this module. */
import type { JsonSchema } from '../../stage.ts';

/** What ajv reports for one mistake; paths are JSON pointers into the value and into the schema. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** What ajv makes of a schema: fills absent defaults into `value`, says whether it is valid, and if not, leaves the mistakes in `errors`. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** Once: even of a module that is there, `import` takes a while. */
let compiler: Promise<typeof import('./compile-schema.ts')> | undefined;

/** `name` is `config` for the config itself, `stage-<uses>` for a stage: by it the build finds the code that it made. */
export async function validatorFor(_name: string, schema: JsonSchema): Promise<Validator> {
  compiler ??= import('./compile-schema.ts');
  return (await compiler).compileSchema(schema);
}
