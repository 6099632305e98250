/** Random crop and mirroring, drawn anew each time an image is used (the paper's jitter: load at 286, crop 256, flip). */
import { randomStream } from '../../random.ts';

export type ImageSize = readonly [height: number, width: number];
/** `[height, width, channels]`. */
export type ImageShape = readonly [height: number, width: number, channels: number];

export interface Augmentation {
  /** Size of the crop; absent: the whole image. */
  readonly crop?: ImageSize;
  /** Probability of mirroring left to right. */
  readonly flip: number;
}

/** What is cut out of an image, and whether it is mirrored. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly mirrored: boolean;
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

/** The middle of an image, as large as the crop: what test images are cut to. */
export function centreWindow([height, width]: ImageShape, crop: ImageSize | undefined): Window {
  const [cropHeight, cropWidth] = crop ?? [height, width];
  return {
    top: Math.floor((height - cropHeight) / 2),
    left: Math.floor((width - cropWidth) / 2),
    height: cropHeight,
    width: cropWidth,
    mirrored: false,
  };
}

/** Copies `window` of `image` (`[height, width, channels]`, C order) into `into` from value `offset` on. */
export function copyWindow(image: Float32Array, shape: ImageShape, window: Window, into: Float32Array, offset = 0): void {
  const [, width, channels] = shape;
  const rowLength = window.width * channels;
  for (let y = 0; y < window.height; y++) {
    const from = ((window.top + y) * width + window.left) * channels;
    const row = image.subarray(from, from + rowLength);
    const to = offset + y * rowLength;
    if (window.mirrored) copyMirrored(row, channels, into, to);
    else into.set(row, to);
  }
}

function copyMirrored(row: Float32Array, channels: number, into: Float32Array, to: number): void {
  for (let from = 0, end = to + row.length - channels; from < row.length; from += channels, end -= channels) {
    into.set(row.subarray(from, from + channels), end);
  }
}
