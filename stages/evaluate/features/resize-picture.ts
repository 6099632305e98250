import { createPicture, type Picture } from '../../image/picture.ts';

/**
 * Bilinear, pixel centres half a pixel in, without antialiasing: as tf.image.resize. In JavaScript, because the wasm engine's
 * kernel reads beyond its input.
 */
export function resizePicture(picture: Picture, height: number, width: number): Picture {
  if (picture.height === height && picture.width === width) return picture;
  const { channels, data } = picture;
  const resized = createPicture(height, width, channels);
  const [rows, columns] = [samples(picture.height, height), samples(picture.width, width)];
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let c = 0; c < channels; c++) {
        const at = (y: number, x: number) => data[(y * picture.width + x) * channels + c]!;
        const above = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part;
        const below = at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part;
        resized.data[to++] = above * (1 - row.part) + below * row.part;
      }
    }
  }
  return resized;
}

/** For each place of the new side, the two old ones between which it lies, and how near it is to the second. */
function samples(from: number, to: number): readonly { readonly low: number; readonly high: number; readonly part: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(place));
    return { low, high: Math.min(from - 1, low + 1), part: place - low };
  });
}
