import type { JsonSchema } from '../../pipeline/stage.ts';

/** A file or folder of the user that appears in the working folder under the name `as`. */
export interface CommandInput {
  /** Absolute. */
  readonly path: string;
  readonly as: string;
}

/** In the form that `prepare` gives them. */
export interface CommandParams {
  readonly run: string | readonly string[];
  readonly inputs: readonly CommandInput[];
  /** Relative to the working folder; a trailing slash means a folder. */
  readonly outputs: readonly string[];
  readonly environment: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
  /** 0 where left out. */
  readonly retries?: number;
}

const relativePath = { type: 'string', minLength: 1 } as const;

export const commandSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['run', 'outputs'],
  properties: {
    run: {
      description:
        'The program: one string for the shell, or a list of the program and its arguments, without a shell. {stage} is the folder (relative to the working folder) that holds the outputs of a stage that `from` names; {seed} is the seed; other braces are the program’s own (one that resembles such a name by mistake is refused; { name } with spaces never is); $VAR is the shell’s. Processes that it leaves behind are ended.',
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string' }, minItems: 1 },
      ],
      examples: ['python3 features.py {resize} -o out.npy'],
    },
    inputs: {
      description:
        'Files and folders that the program reads, relative to the config. Each appears in the working folder under the same relative name (one from elsewhere, absolute or with .., under its last name), and its content is part of the key. { path, as } gives another name.',
      type: 'array',
      items: {
        anyOf: [
          relativePath,
          {
            type: 'object',
            additionalProperties: false,
            required: ['path', 'as'],
            properties: {
              path: { ...relativePath, description: 'The file or folder.' },
              as: { ...relativePath, description: 'Its name in the working folder.' },
            },
          },
        ],
      },
      default: [],
    },
    outputs: {
      description: 'What the program must write, relative to its working folder: files, or folders with a trailing slash. All else that it writes is thrown away.',
      type: 'array',
      items: relativePath,
      minItems: 1,
      uniqueItems: true,
    },
    environment: {
      description:
        'Names of environment variables that the result depends on: they are passed on, and their values are part of the key. Besides them the program sees only what any program needs (PATH, HOME, locale, temporary folder, GPUs, proxies).',
      type: 'array',
      items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      uniqueItems: true,
      default: [],
    },
    timeout: {
      description: 'Seconds after which the program is ended and the stage fails, or tries again (retries). No limit where it is left out.',
      type: 'number',
      exclusiveMinimum: 0,
    },
    retries: {
      description:
        'How often the program is started again, in a new working folder, after it has failed: an exit code other than 0, a signal, the timeout, an output that is missing; not where it cannot be found. After 1 second, then 2, 4 and so on, up to a minute. It decides no output, and is in no key.',
      type: 'integer',
      minimum: 0,
      maximum: 100,
      default: 0,
    },
  },
};
