/** Warm polygons on a dark gradient: every channel has a distribution of its own, by which a permutation can be told. */
import { clamp01, type Picture } from '../../image/picture.ts';
import type { RandomStream } from '../../random.ts';
import { Canvas } from '../canvas.ts';
import { mix, type Colour } from '../colour.ts';
import { fillPolygon } from './paint.ts';
import { drawPolygon } from './polygon.ts';

/** Pixels at 64 pixels a side. Soft, so that what is scored is colour: sharp edges a small generator learns last. */
const EDGE = 3;

const between = (random: RandomStream, low: number, high: number) => low + (high - low) * random.next();

/** Much red, some green, little blue, in ranges that do not meet. */
const warmColour = (random: RandomStream): Colour => [between(random, 0.58, 1), between(random, 0.26, 0.54), between(random, 0.02, 0.2)];

const darkColour = (random: RandomStream): Colour => [between(random, 0.2, 0.42), between(random, 0.08, 0.24), between(random, 0, 0.12)];

/** Draws two to four polygons, `size` × `size` × 3. */
export function drawWarmPolygons(random: RandomStream, size: number): Picture {
  const canvas = new Canvas(size);
  const [from, to, angle] = [darkColour(random), darkColour(random), 2 * Math.PI * random.next()];
  const [du, dv] = [Math.cos(angle), Math.sin(angle)];
  canvas.fill(0, 1, (u, v) => mix(from, to, clamp01(0.5 + (u - 0.5) * du + (v - 0.5) * dv)));
  const count = 2 + random.integer(3);
  for (let i = 0; i < count; i++) {
    const polygon = drawPolygon(random, [between(random, 0.15, 0.85), between(random, 0.15, 0.85)], {
      radius: between(random, 0.16, 0.34), corners: 3 + random.integer(4), nearest: 0.45,
    });
    fillPolygon(canvas, polygon, warmColour(random), (EDGE * size) / 64);
  }
  return canvas.picture;
}
