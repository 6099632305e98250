import { ok } from '../../pipeline/failure.ts';
import type { StageImplementation } from '../../pipeline/stage.ts';
import { transformImages } from '../image-set-work.ts';
import { decodeImage } from '../pixels.ts';
import type { Pixels } from '../pixels.ts';
import { loadSharp } from '../sharp.ts';
import type { ResizeParams } from './schema.ts';

export const implementation: StageImplementation<ResizeParams> = {
  run: (context) =>
    transformImages(context, async (task, oddities) => {
      const image = await decodeImage(task.file.location, task.label);
      if (!image.ok) return image;
      oddities.note(task.label, image.value.oddities);
      return ok(await resizedPng(image.value.pixels, context.params.size));
    }),
};

/**
 * Stretches to `[height, width]` by a triangle filter that widens with the reduction (antialiased bilinear, as Pillow's
 * BILINEAR), and writes PNG. From whole decoded pixels: a JPEG decoder's own shrinking would give others.
 */
export async function resizedPng(pixels: Pixels, [height, width]: ResizeParams['size']): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .png()
    .toBuffer();
}
