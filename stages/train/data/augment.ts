/** Random crop and mirroring, drawn anew each time an image is used (the paper's jitter: load at 286, crop 256, flip). */
import type { ImageShape } from '../../model/spec.ts';
import { randomStream } from '../../random.ts';
import type { ImageSize, Window } from '../../image/window.ts';

export interface Augmentation {
  /** Size of the crop; absent: the whole image. */
  readonly crop?: ImageSize;
  /** Probability of mirroring left to right. */
  readonly flip: number;
}

/** The window of one use of an image; `use` names it (domain and place), so that it depends on the seed and that alone. */
export function randomWindow([height, width]: ImageShape, { crop, flip }: Augmentation, seed: number, use: string): Window {
  const random = randomStream(seed, `augment ${use}`);
  const [cropHeight, cropWidth] = crop ?? [height, width];
  return {
    top: random.integer(height - cropHeight + 1),
    left: random.integer(width - cropWidth + 1),
    height: cropHeight,
    width: cropWidth,
    mirrored: random.next() < flip,
  };
}
