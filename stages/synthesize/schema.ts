import type { JsonSchema } from '../../pipeline/stage.ts';
import { taskNames, type TaskName } from './tasks/index.ts';

export interface SynthesizeParams {
  readonly task: TaskName;
  /** Pixels a side. */
  readonly size: number;
  /** Images a domain to train on. */
  readonly train: number;
  /** Pairs in the test split; image i of A and of B show the same scene. */
  readonly test: number;
  /** Which splits are paired: see the schema. */
  readonly pairs: 'test' | 'all';
}

export const synthesizeSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    task: {
      description: [
        'What is drawn, A → B.',
        'painterly: photo-like landscapes → painterly ones.',
        'colour-permutation: warm polygons on a dark gradient → RGB moved to BRG.',
        'outlines: shapes drawn as outlines → the same shapes filled.',
        'tone-and-stripe: landscapes → a tone curve for each channel and a faint diagonal stripe.',
      ].join(' '),
      enum: taskNames,
      default: 'painterly',
    },
    size: { description: 'Height and width of every image, in pixels; a multiple of 4.', type: 'integer', minimum: 16, maximum: 1024, multipleOf: 4, default: 64, 'x-time-grows': { power: 2, data: true } },
    train: { description: 'Images a domain in the training split.', type: 'integer', minimum: 1, default: 300, 'x-time-grows': { power: 1, data: true } },
    test: { description: 'Pairs in the test split, in which image i of A and of B show the same scene; 0 for no test split.', type: 'integer', minimum: 0, default: 50 },
    pairs: {
      description: 'test: image i of A and of B show the same scene in the test split only, as CycleGAN needs it. all: in the training split too, for what only pairs can show, such as how far the same generators come when they are told the answer; A has the same images either way.',
      enum: ['test', 'all'],
      default: 'test',
    },
  },
};
