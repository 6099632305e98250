import type { JsonSchema } from '../../pipeline/stage.ts';

export interface TranslateParams {
  /** Absolute paths of images and folders. */
  readonly images: readonly string[];
  readonly to: 'A' | 'B';
  readonly weights: 'auto' | 'ema' | 'last';
  readonly epoch?: number;
  /** Absent: images are translated at their own size. */
  readonly size?: number;
  readonly tile: number;
  /** Absent: a quarter of a tile. */
  readonly overlap?: number;
  /** Below the outputs' folder. */
  readonly folder: string;
}

export const translateSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['images'],
  properties: {
    images: {
      description: 'The images to translate: a file or a folder, or a list of them. Of a folder, all images in it and below.',
      anyOf: [
        { type: 'string', minLength: 1, description: 'A file or a folder.' },
        { type: 'array', minItems: 1, items: { type: 'string', minLength: 1, description: 'A file or a folder.' }, description: 'Files and folders.' },
      ],
    },
    to: { description: 'The domain to translate to: B by generatorAToB, A by generatorBToA.', enum: ['A', 'B'], default: 'B' },
    weights: { description: 'ema: the average of the weights that ema_decay keeps; last: as training left them; auto: ema where there is one.', enum: ['auto', 'ema', 'last'], default: 'auto' },
    epoch: { description: 'The networks of an epoch that keep_every kept. Absent: those of the end.', type: 'integer', minimum: 1 },
    size: { description: 'Images are first brought to this size, the shorter side in pixels, such as that which the networks were trained on: they know brush strokes at that scale. Absent: their own size.', type: 'integer', minimum: 8, maximum: 16384 },
    tile: {
      description: 'An image that is longer than so many pixels is cut into tiles of that size. With row normalization (the chapter\'s) tiles are as high as the images of training, whatever this says.',
      type: 'integer', minimum: 32, maximum: 4096, multipleOf: 4, default: 512,
    },
    overlap: { description: 'By how many pixels neighbouring tiles overlap, at least; they are blended there. At most half a tile. Absent: a quarter of a tile.', type: 'integer', minimum: 0, maximum: 2048 },
    folder: { description: 'The folder of the outputs, in the run folder.', type: 'string', pattern: '^[\\w-]+$', default: 'translated' },
  },
};
