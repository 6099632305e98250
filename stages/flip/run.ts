import { readFile } from 'node:fs/promises';
import { ok } from '../../pipeline/failure.ts';
import type { StageImplementation } from '../../pipeline/stage.ts';
import { transformImages } from '../image-set/work.ts';
import { decodeImage, encodePng } from '../image/pixels.ts';
import type { Pixels } from '../image/pixels.ts';
import { isFlipped } from './coin.ts';
import type { FlipParams } from './schema.ts';

export const implementation: StageImplementation<FlipParams> = {
  run: (context) =>
    transformImages(context, async ({ part, index, file, label }, oddities) => {
      const flipped = part.split === 'train' && isFlipped(context.seed, index, context.params.probability);
      if (!flipped && file.name.endsWith('.png')) return ok(await readFile(file.location));
      const image = await decodeImage(file.location, label);
      if (!image.ok) return image;
      oddities.note(label, image.value.oddities);
      return ok(await encodePng(flipped ? mirrored(image.value.pixels) : image.value.pixels));
    }),
};

/** Left to right, pixel for pixel. */
export function mirrored({ data, height, width }: Pixels): Pixels {
  const result = new Uint8Array(data.length);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const column = pixel % width;
    const from = (pixel - column + (width - 1 - column)) * 3;
    for (let channel = 0; channel < 3; channel++) result[pixel * 3 + channel] = data[from + channel]!;
  }
  return { data: result, height, width };
}
