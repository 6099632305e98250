/** The schema of a sweep's file: configs/sweeps/lambda-cycle.yaml is one. */
import { largestSeed } from '../../config/schema/schema.ts';
import type { JsonSchema } from '../../stage.ts';

export const sweepValidatorName = 'sweep';

/** Trials that are drawn. */
export const mostSamples = 1_000_000;

const paths = { type: 'array', items: { type: 'string' }, minItems: 2, uniqueItems: true };

export const sweepSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['config'],
  properties: {
    name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$', description: "Begins the name of the sweep's folder. The file's name where this is left out." },
    description: { type: ['string', 'null'], description: 'A note for people.' },
    config: { type: 'string', description: 'The config that is varied, relative to this file.' },
    set: { type: ['object', 'null'], description: 'Values that differ from the config in every trial, by their paths: loss.weights.cycle: 5.' },
    axes: { type: ['object', 'null'], description: 'What is varied: by its path a list of values, or range(start, stop, step), linspace, logspace; where the sweep samples, uniform(min, max), loguniform or integers.' },
    zip: {
      anyOf: [paths, { type: 'array', items: paths, minItems: 1 }],
      description: 'Axes that go together, value by value, instead of each with each: a list of their paths, or several such lists.',
    },
    exclude: { type: 'array', items: { type: 'object', minProperties: 1 }, description: 'Trials that are left out: those that have all values of one of these.' },
    seeds: {
      anyOf: [{ type: 'integer', minimum: 1, maximum: 10_000 }, { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'integer', minimum: 0, maximum: largestSeed } }],
      description: "Every trial with each of these seeds: a list, or how many, counted from the config's.",
    },
    sample: {
      type: 'object', additionalProperties: false, required: ['trials'],
      description: 'So many trials drawn at random instead of each value with each (seeds are not drawn: each trial has all).',
      properties: {
        trials: { type: 'integer', minimum: 1, maximum: mostSamples, description: 'How many are drawn.' },
        method: { enum: ['random', 'latin-hypercube'], default: 'latin-hypercube', description: 'latin-hypercube: each axis is divided into as many equal parts as there are trials, and each part is drawn from once (McKay et al. 1979).' },
        seed: { type: 'integer', minimum: 0, maximum: largestSeed, default: 1, description: 'What is drawn follows from it.' },
      },
    },
    halving: {
      type: 'object', additionalProperties: false, required: ['metric', 'epochs'],
      description: 'Train all trials a little, then only the best of them further, from their checkpoints (Jamieson and Talwalkar 2016; asynchronous: Li et al. 2020).',
      properties: {
        metric: { type: 'string', description: 'What says which are best: a figure of the last stage that gives some, psnr_AtoB, or of a stage, evaluate.psnr_AtoB.' },
        goal: { enum: ['max', 'min'], default: 'max', description: 'Whether more or less of it is better.' },
        eta: { type: 'number', exclusiveMinimum: 1, maximum: 100, default: 3, description: 'Of each rung one in so many goes on.' },
        parameter: { type: 'string', default: 'stages.train.epochs', description: 'What says how long a trial trains.' },
        epochs: { type: 'array', minItems: 2, maxItems: 20, items: { type: 'integer', minimum: 1 }, description: 'The rungs: how long all train, how long the best of these, and so on.' },
        asynchronous: { type: 'boolean', default: false, description: 'ASHA: a trial goes on as soon as it is among the best of those that have come as far. No processor waits, but which go on depends on who comes first.' },
      },
    },
    on: { type: 'string', description: 'Where trials run: local, slurm, or the path of an executor\'s configuration.' },
    on_error: { enum: ['continue', 'stop'], description: 'Whether the others go on when a trial fails.' },
    jobs: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Trials at once, as -j.' },
  },
};
