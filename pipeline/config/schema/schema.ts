/** The schema of a config as a whole. What a stage takes besides `uses` and `from` is the stage's own schema. */
import type { JsonSchema } from '../../stage.ts';

/** The names under which validators are asked for, and under which the build makes them. */
export const configValidatorName = 'config';
export const stageValidatorName = (uses: string): string => `stage-${uses}`;

export const largestSeed = 2 ** 32 - 1;

export const stageNamePattern = '^[A-Za-z][A-Za-z0-9_-]*$';

const names = { type: 'string', pattern: stageNamePattern };

export const stageSchema: JsonSchema = {
  type: ['object', 'null'],
  description: 'What the stage does; false removes one that the extended config has.',
  properties: {
    uses: { type: 'string', description: 'What the stage is; its own name where this is left out.' },
    from: {
      description: 'The stage that it reads, or a list of them.',
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, uniqueItems: true }],
    },
  },
};

const section = (description: string): JsonSchema => ({ type: ['object', 'null'], description });

export const configSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['stages'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
      description: "Begins the name of the run folder: letters, digits, dots, dashes. The file's name where this is left out.",
    },
    description: { type: ['string', 'null'], description: 'A note for people.' },
    seed: { type: 'integer', minimum: 0, maximum: largestSeed, description: 'Everything random follows from it.' },
    engine: {
      type: 'object',
      additionalProperties: false,
      description: 'What runs tensors: auto, tensorflow or wasm, or a mapping of these.',
      properties: {
        backend: { enum: ['auto', 'tensorflow', 'wasm'], description: 'auto takes TensorFlow where it is installed.' },
        device: { type: 'string', pattern: '^(cpu|gpu:[0-9]+)$', description: 'cpu, or one GPU by its number, as in gpu:0.' },
        threads: { type: 'integer', minimum: 1, maximum: 1024, description: 'Threads on the CPU, for TensorFlow and for wasm (8 at most, 1 unless given). TensorFlow\'s, where absent: TF_NUM_INTEROP_THREADS (training) and TF_NUM_INTRAOP_THREADS (evaluate) where they are set, else the processors that this process may use: its affinity, a container\'s quota, what Slurm has allotted. Training gives the same bits on any number; never part of a cache key. `giverny doctor --bench` says which is fastest.' },
        capture: { enum: ['auto', 'off'], description: 'auto: where TensorFlow runs on the CPU, a training step is recorded once and then runs as one graph, several times faster and with the same results to the bit. off: operation by operation, for comparison.' },
      },
    },
    model: section('Free: a stage takes it by model: ${model}.'),
    loss: section('Free: a stage takes it by loss: ${loss}.'),
    optimizer: section('Free: a stage takes it by optimizer: ${optimizer}.'),
    vars: section('Free: values to refer to, as in ${vars.data}.'),
    stages: {
      type: 'object',
      minProperties: 1,
      propertyNames: names,
      additionalProperties: stageSchema,
      description: 'What is done: each stage by its name.',
    },
    report: section('Options of the report.'),
  },
};

/** The sections that do nothing unless a stage refers to them. */
export const freeSections = ['model', 'loss', 'optimizer', 'vars'] as const;
