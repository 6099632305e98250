import { ok } from '../../pipeline/failure.ts';
import type { StageDefinition } from '../../pipeline/stage.ts';
import { imageSetFailures } from '../image-set/failures.ts';
import { imageSetOutputs } from '../image-set/output.ts';
import { resizeSchema } from './schema.ts';
import type { ResizeParams } from './schema.ts';

/** Brings all images to one size, as 8-bit sRGB PNG; the chapter's `size` is 128. */
export const resizeStage: StageDefinition<ResizeParams> = {
  uses: 'resize',
  version: 2,
  summary: 'Bring all images to one size (bilinear, antialiased), as 8-bit sRGB PNG.',
  schema: resizeSchema,
  inputs: { min: 1, max: 1 },
  reads: ['images'],
  makes: 'images',
  engine: false,
  failures: imageSetFailures,
  outputs: () => imageSetOutputs,
  prepare(params) {
    const { size } = params as { readonly size: number | ResizeParams['size'] };
    const pair: ResizeParams['size'] = typeof size === 'number' ? [size, size] : size;
    return ok({ params: { size: pair }, keyed: { size: pair }, random: false });
  },
  load: async () => (await import('./run.ts')).implementation,
};
