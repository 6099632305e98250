import { quantize } from '../../image/picture.ts';
import { drawLandscape } from '../landscape/landscape.ts';
import { soften } from '../tone/soften.ts';
import { toneAndStripe } from '../tone/tone-and-stripe.ts';
import type { Task } from './task.ts';

/** At 64 pixels a side. Soft focus: without grain the stripe is the finest thing in the picture, so that SSIM is about the stripe. */
const SOFTNESS = 0.7;

/** A: landscapes in soft focus. B: landscapes in other tones, with a texture that A has not. */
export const toneStripe: Task = {
  summary: 'landscapes in soft focus → the same with a tone curve for each channel and a faint diagonal stripe of period 4',
  draw(random, size, domain) {
    const photograph = quantize(soften(drawLandscape(random, size), (SOFTNESS * size) / 64));
    return domain === 'A' ? photograph : toneAndStripe(photograph);
  },
};
