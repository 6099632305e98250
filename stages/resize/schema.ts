import type { JsonSchema } from '../../pipeline/stage.ts';

const side = { type: 'integer', minimum: 1, maximum: 16384 } as const;

export interface ResizeParams {
  /** `[height, width]` in pixels. */
  readonly size: readonly [height: number, width: number];
}

export const resizeSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['size'],
  properties: {
    size: {
      description:
        'Size of the images in pixels: one number for squares, or [height, width]. Images are stretched to it (bilinear, antialiased, as Pillow); the networks take their input size from it. Before that they are turned upright as EXIF says, transparency is laid over white, grey becomes three equal channels, and colour profiles and CMYK are converted to sRGB; the log says of how many images.',
      anyOf: [side, { type: 'array', items: side, minItems: 2, maxItems: 2 }],
      examples: [128, [128, 192]],
      'x-time-grows': { power: 2, data: true },
    },
  },
};
