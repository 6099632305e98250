import { createPicture, type Picture } from '../../image/picture.ts';
import { blur } from '../painterly/plane.ts';

/** Gaussian blur of every channel with standard deviation `sigma` in pixels. */
export function soften(picture: Picture, sigma: number): Picture {
  const { height, width, channels } = picture;
  const soft = createPicture(height, width, channels);
  for (let c = 0; c < channels; c++) {
    const channel = { height, width, data: picture.data.filter((_, at) => at % channels === c) };
    blur(channel, sigma).data.forEach((value, pixel) => (soft.data[pixel * channels + c] = value));
  }
  return soft;
}
