/** Cutting a part out of an image, as training crops. */
import type { ImageShape } from '../model/spec.ts';

export type ImageSize = readonly [height: number, width: number];

/** What is cut out of an image, and whether it is mirrored. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly mirrored: boolean;
}

/** The middle of an image, as large as the crop: what test images are cut to, in training and in evaluation. */
export function centreWindow([height, width]: ImageShape, [cropHeight, cropWidth]: ImageSize): Window {
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

/** Value by value: a view of each pixel would take twenty times as long. */
function copyMirrored(row: Float32Array, channels: number, into: Float32Array, to: number): void {
  for (let from = 0, end = to + row.length - channels; from < row.length; from += channels, end -= channels) {
    for (let channel = 0; channel < channels; channel++) into[end + channel] = row[from + channel]!;
  }
}
