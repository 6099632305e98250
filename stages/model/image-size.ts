/** Which images the networks can take. */
import { ok, type Result } from '../../pipeline/failure.ts';
import { modelFailed } from './failures.ts';
import type { ModelSpec } from './spec.ts';

/** The discriminator's convolutions are 4×4. */
export const patchKernel = 4;

/** Height or width of the discriminator's output for images that high or wide; below 1 where they are too small. */
export function patches(size: number, strides: readonly (1 | 2)[]): number {
  return [...strides, 1].reduce((length, stride) => Math.floor((length + 2 - patchKernel) / stride) + 1, size);
}

/** Whether images of this size fit both networks. */
export function checkImageSize(spec: ModelSpec, [height, width]: readonly [height: number, width: number, channels?: number]): Result<void> {
  const size = `${width}×${height}`;
  if (height % 4 !== 0 || width % 4 !== 0 || height < 4 || width < 4) {
    return modelFailed('image-size-not-multiple-of-4', `these networks do not take images of ${size} pixels (width × height)`, {
      expected: 'a height and a width that are multiples of 4', hint: 'Set size in the resize stage, or crop in train.',
    });
  }
  const smallest = smallestSize(spec);
  if (Math.min(height, width) < smallest) {
    return modelFailed('image-too-small', `these networks do not take images of ${size} pixels (width × height)`, {
      expected: `at least ${smallest} pixels high and wide for these networks`, hint: 'Take larger images, or fewer strides of 2 in model.discriminator.strides.',
    });
  }
  return ok(undefined);
}

/**
 * A quarter of the size must be 2 pixels at least: reflection needs a neighbour, and instance normalization (or batch
 * normalization of one image) of a single pixel makes 0 of everything. The discriminator must have a patch.
 */
function smallestSize({ discriminator }: ModelSpec): number {
  let size = 8;
  while (patches(size, discriminator.strides) < 1) size += 4;
  return size;
}
