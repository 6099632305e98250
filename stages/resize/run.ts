import { ok } from '../../pipeline/failure.ts';
import type { StageImplementation } from '../../pipeline/stage.ts';
import { transformImages } from '../image-set/work.ts';
import { decodeImage } from '../image/pixels.ts';
import type { Pixels } from '../image/pixels.ts';
import { loadSharp } from '../image/sharp.ts';
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
 * Stretches to `[height, width]` by libvips's triangle filter, which widens with the reduction (antialiased bilinear), and
 * writes PNG. Away from the border it is within 1 of Pillow's BILINEAR (the chapter's); at the border libvips repeats the
 * last pixel where Pillow leaves it out, and from a fourth of the size on it averages whole blocks first. It works on whole
 * decoded pixels, since the shrinking of a JPEG decoder would give others.
 */
export async function resizedPng(pixels: Pixels, [height, width]: ResizeParams['size']): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .png()
    .toBuffer();
}
