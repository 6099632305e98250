/** A tone curve for each channel, and a faint diagonal stripe over the whole picture. */
import { clamp01, createPicture, type Picture } from '../../image/picture.ts';

/** Pixels. It must divide the generator's stride (4): a transposed convolution repeats itself only at such places. */
const PERIOD = 4;
const STRIPE = 0.05;

/** value ↦ low + (high − low)·value^gamma, for red, green and blue. */
const curves = [
  { low: 0.25, high: 0.97, gamma: 0.8 },
  { low: 0.16, high: 0.86, gamma: 1 },
  { low: 0.08, high: 0.68, gamma: 1.3 },
] as const;

export function toneAndStripe(picture: Picture): Picture {
  const toned = createPicture(picture.height, picture.width);
  for (let y = 0, at = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const stripe = (x + y) % PERIOD < PERIOD / 2 ? STRIPE : -STRIPE;
      for (const { low, high, gamma } of curves) {
        toned.data[at] = clamp01(low + (high - low) * picture.data[at]! ** gamma + stripe);
        at++;
      }
    }
  }
  return toned;
}
