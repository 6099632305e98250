/** The painterly rendering of a photograph. Only a function of the picture, so that a network can learn it. */
import { clamp01, createPicture, luminance, type Picture } from '../../image/picture.ts';
import type { Colour } from '../colour.ts';
import { scale } from '../colour.ts';
import { kuwahara } from './kuwahara.ts';
import { brightnessOf, posterize, warm } from './palette.ts';
import { strokes } from './strokes.ts';

const LEVELS = 5;
const HARDNESS = 0.9;
/** Pigment is never as black as a shadow, nor as bright as the sun. */
const DARKEST = 0.1;
const BRIGHTEST = 0.96;

/** Kuwahara smoothing, a warm palette, soft posterising of brightness, strokes along edges. Lengths grow with the picture. */
export function paint(picture: Picture): Picture {
  const unit = picture.width / 64;
  const dabs = kuwahara(picture, Math.max(1, Math.round(2 * unit)));
  const marks = strokes(luminance(picture), { sigma: 2 * unit, reach: Math.round(4 * unit), strength: 4.4, limit: 0.12 });
  const painting = createPicture(picture.height, picture.width);
  for (let pixel = 0, at = 0; pixel < marks.data.length; pixel++, at += 3) {
    const colour = warm([dabs.data[at]!, dabs.data[at + 1]!, dabs.data[at + 2]!]);
    brightened(colour, marks.data[pixel]!).forEach((value, c) => (painting.data[at + c] = clamp01(value)));
  }
  return painting;
}

/** The colour at a posterised brightness, moved by `change`. */
function brightened(colour: Colour, change: number): Colour {
  const brightness = brightnessOf(colour);
  const target = Math.max(0, DARKEST + (1 - DARKEST) * posterize(brightness, LEVELS, HARDNESS) * BRIGHTEST + change);
  return scale(colour, target / Math.max(brightness, 0.02));
}
