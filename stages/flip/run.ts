import { readFile, writeFile } from 'node:fs/promises';
import { ok } from '../../pipeline/failure.ts';
import type { StageImplementation } from '../../pipeline/stage.ts';
import { transformImages } from '../image-set/work.ts';
import { decodeImage } from '../image/pixels.ts';
import type { Pixels } from '../image/pixels.ts';
import { encodePlainPng } from '../image/plain-png.ts';
import { isFlipped } from './coin.ts';
import type { FlipParams } from './schema.ts';

export const implementation: StageImplementation<FlipParams> = {
  run: (context) =>
    transformImages(context, () => ({
      async work({ part, index, file, label, target }) {
        const flipped = part.split === 'train' && isFlipped(context.seed, index, context.params.probability);
        if (!flipped && file.name.endsWith('.png')) {
          await writeFile(target, await readFile(file.location));
          return ok([]);
        }
        const image = await decodeImage(file.location, label);
        if (!image.ok) return image;
        await writeFile(target, encodePlainPng(flipped ? mirrored(image.value.pixels) : image.value.pixels));
        return ok(image.value.oddities);
      },
    })),
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
