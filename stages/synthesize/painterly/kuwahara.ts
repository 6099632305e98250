import { createPicture, luminance, type Picture } from '../../image/picture.ts';

/** Mean colour and luminance variance of one square of pixels. */
interface Dab {
  readonly mean: readonly number[];
  readonly variance: number;
}

/**
 * Kuwahara smoothing (Kuwahara et al. 1976): each pixel becomes the mean of that one of its four quadrants, each
 * (radius + 1)² pixels, whose luminance varies least. Edges stay sharp, textures melt into flat dabs.
 */
export function kuwahara(picture: Picture, radius: number): Picture {
  const grey = luminance(picture);
  const columns = picture.width + radius;
  const dabs = Array.from({ length: (picture.height + radius) * columns }, (_, i) =>
    dab(picture, grey, Math.floor(i / columns) - radius, (i % columns) - radius, radius));
  const smooth = createPicture(picture.height, picture.width, picture.channels);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const corner = y * columns + x;
      let calmest = dabs[corner]!;
      for (const other of [corner + radius, corner + radius * columns, corner + radius * columns + radius]) {
        if (dabs[other]!.variance < calmest.variance) calmest = dabs[other]!;
      }
      calmest.mean.forEach((value, c) => (smooth.data[(y * picture.width + x) * picture.channels + c] = value));
    }
  }
  return smooth;
}

/** Of the square whose first corner is (`top`, `left`), cut at the border. */
function dab(picture: Picture, grey: Picture, top: number, left: number, radius: number): Dab {
  const mean = new Array<number>(picture.channels).fill(0);
  let [count, sum, squares] = [0, 0, 0];
  for (let y = Math.max(0, top); y <= Math.min(picture.height - 1, top + radius); y++) {
    for (let x = Math.max(0, left); x <= Math.min(picture.width - 1, left + radius); x++) {
      const pixel = y * picture.width + x;
      for (let c = 0; c < picture.channels; c++) mean[c]! += picture.data[pixel * picture.channels + c]!;
      const value = grey.data[pixel]!;
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return { mean: mean.map((value) => value / count), variance: squares / count - (sum / count) ** 2 };
}
