import type { JsonSchema } from '../../pipeline/stage.ts';

export interface EvaluateParams {
  readonly images: number;
  readonly directions: number;
  readonly strip: number;
}

export const evaluateSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    images: {
      description: 'Images a split and domain that are evaluated at most, evenly spread over it by name.',
      type: 'integer', minimum: 2, default: 300,
    },
    directions: {
      description: 'Random directions along which the texture distance (sliced Wasserstein) compares patches.',
      type: 'integer', minimum: 1, default: 64,
    },
    strip: {
      description: 'Images a direction in evaluation/AtoB.png and BtoA.png: input, translation and, on paired test splits, truth. 0 for none.',
      type: 'integer', minimum: 0, default: 8,
    },
  },
};
