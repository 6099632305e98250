import type { JsonSchema } from '../../pipeline/stage.ts';

export interface FlipParams {
  readonly probability: number;
}

export const flipSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    probability: {
      description:
        'How likely an image of the train split is mirrored left to right. One seeded coin per index decides for image i of A and image i of B together, once; the test split is left alone.',
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.5,
    },
  },
};
