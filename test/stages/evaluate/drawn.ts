/** Pictures and features for tests of distances. */
import { createPicture, mapValues, type Picture } from '../../../stages/image/picture.ts';
import { randomStream } from '../../../stages/random.ts';

/** Noise that is correlated from pixel to pixel: `roughness` near 0 smooth, 1 white. Values in [0, 1]. */
export function smoothNoise(seed: number, height: number, width: number, roughness: number): Picture {
  const random = randomStream(seed, 'smooth noise');
  const picture = createPicture(height, width);
  const { data } = picture;
  const row = width * 3;
  for (let i = 0; i < data.length; i++) {
    const before = ((data[i - 3] ?? 0.5) + (data[i - row] ?? 0.5)) / 2;
    data[i] = (1 - roughness) * before + roughness * random.next();
  }
  return mapValues(picture, (value) => Math.min(1, Math.max(0, value)));
}

/** `count` rows of normal features, those of the even dimensions shifted. */
export function features(seed: number, count: number, dimensions: number, shift: number): Float32Array[] {
  const random = randomStream(seed, 'features');
  return Array.from({ length: count }, () => Float32Array.from({ length: dimensions }, (_, i) => random.normal() + (i % 2 === 0 ? shift : 0)));
}
