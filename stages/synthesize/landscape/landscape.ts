/** Photo-like landscapes, drawn from random numbers alone, so that nobody holds rights in them. */
import { clamp01, createPicture, shrink, type Picture } from '../../image/picture.ts';
import type { RandomStream } from '../../random.ts';
import { Canvas } from '../canvas.ts';
import { paintFlowers, paintHills } from './ground.ts';
import { drawLight, type Light } from './light.ts';
import { paintMountains } from './mountains.ts';
import { paintSky } from './sky.ts';
import { paintTrees } from './trees.ts';
import { paintWater } from './water.ts';

/** Painted at this many times the size in each direction and averaged, so that edges are as smooth as a lens makes them. */
const OVERSAMPLING = 2;

/** Draws one landscape, `size` × `size` × 3. */
export function drawLandscape(random: RandomStream, size: number): Picture {
  const canvas = new Canvas(size * OVERSAMPLING);
  const horizonAt = 0.4 + 0.2 * random.next();
  const light = drawLight(random, horizonAt);
  paintSky(canvas, random, light, horizonAt);
  if (random.next() < 0.85) paintMountains(canvas, random, light, horizonAt + 0.01);
  if (random.next() < 0.5) paintLake(canvas, random, light, horizonAt);
  else paintMeadow(canvas, random, light, horizonAt);
  return develop(shrink(canvas.picture, OVERSAMPLING), random);
}

function paintLake(canvas: Canvas, random: RandomStream, light: Light, horizonAt: number): void {
  const shore = horizonAt + 0.05 + 0.05 * random.next();
  const crest = paintHills(canvas, random, light, { at: horizonAt, roll: 0.03, distance: 0.3, until: shore + 0.02 });
  paintTrees(canvas, random, light, { count: 4 + random.integer(14), height: 0.05 + 0.09 * random.next(), footAt: (u) => Math.min(shore, crest(u) + 0.05) });
  paintWater(canvas, random, light, shore, 1);
  if (random.next() < 0.6) {
    const bank = paintHills(canvas, random, light, { at: 0.9 - 0.08 * random.next(), roll: 0.1, distance: 0, until: 1 });
    paintTrees(canvas, random, light, { count: random.integer(4), height: 0.25 + 0.15 * random.next(), footAt: (u) => bank(u) + 0.04 });
  }
}

function paintMeadow(canvas: Canvas, random: RandomStream, light: Light, horizonAt: number): void {
  const nearAt = horizonAt + 0.14 + 0.12 * random.next();
  const far = paintHills(canvas, random, light, { at: horizonAt, roll: 0.06, distance: 0.45, until: nearAt + 0.15 });
  paintTrees(canvas, random, light, { count: 5 + random.integer(14), height: 0.06 + 0.06 * random.next(), footAt: (u) => far(u) + 0.03 });
  const near = paintHills(canvas, random, light, { at: nearAt, roll: 0.09, distance: 0.12, until: 1 });
  if (random.next() < 0.4) paintFlowers(canvas, random, light, nearAt + 0.06);
  paintTrees(canvas, random, light, { count: random.integer(6), height: 0.18 + 0.16 * random.next(), footAt: (u) => near(u) + 0.05 });
}

/** What a camera adds: a little contrast, corners that darken, grain. */
function develop(picture: Picture, random: RandomStream): Picture {
  const { width, height, channels } = picture;
  const exposure = 0.92 + 0.18 * random.next();
  const developed = createPicture(height, width, channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const corner = ((x + 0.5) / width - 0.5) ** 2 + ((y + 0.5) / height - 0.5) ** 2;
      const grain = GRAIN * random.normal();
      const at = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) {
        const value = clamp01(picture.data[at + c]! * exposure * (1 - 0.35 * corner));
        const contrast = value + CONTRAST * value * (1 - value) * (2 * value - 1);
        developed.data[at + c] = clamp01(contrast + grain + COLOUR_GRAIN * random.normal());
      }
    }
  }
  return developed;
}

/** Standard deviation of the film's grain, in brightness and in each colour by itself. */
const GRAIN = 0.02;
const COLOUR_GRAIN = 0.008;
const CONTRAST = 0.35;
