import type { JsonSchema } from '../../pipeline/stage.ts';
import { taskNames, type TaskName } from './tasks/index.ts';

export interface SynthesizeParams {
  readonly task: TaskName;
  /** Pixels a side. */
  readonly size: number;
  /** Images a domain to train on; A and B show different scenes. */
  readonly train: number;
  /** Pairs in the test split; image i of A and of B show the same scene. */
  readonly test: number;
}

export const synthesizeSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    task: {
      description: 'What is drawn. painterly: A are photo-like landscapes, B painterly renderings of other landscapes.',
      enum: taskNames,
      default: 'painterly',
    },
    size: { description: 'Height and width of every image, in pixels; a multiple of 4.', type: 'integer', minimum: 16, maximum: 1024, multipleOf: 4, default: 64 },
    train: { description: 'Images a domain in the training split; A and B show different scenes.', type: 'integer', minimum: 1, default: 300 },
    test: { description: 'Pairs in the test split, in which image i of A and of B show the same scene; 0 for no test split.', type: 'integer', minimum: 0, default: 50 },
  },
};
