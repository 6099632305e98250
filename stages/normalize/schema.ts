import type { JsonSchema } from '../../pipeline/stage.ts';

export interface NormalizeParams {
  /** What pixel values 0 and 255 become. */
  readonly range: readonly [low: number, high: number];
}

export const normalizeSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    range: {
      description: 'What pixel values 0 and 255 become. The networks end in tanh and expect [-1, 1]: x / 127.5 - 1.',
      type: 'array',
      items: { type: 'number' },
      minItems: 2,
      maxItems: 2,
      default: [-1, 1],
    },
  },
};
