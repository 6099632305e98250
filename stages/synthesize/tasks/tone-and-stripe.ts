import { quantize } from '../../image/picture.ts';
import { drawLandscape } from '../landscape/landscape.ts';
import { toneAndStripe } from '../tone/tone-and-stripe.ts';
import type { Task } from './task.ts';

/** A: photo-like landscapes. B: landscapes in other tones, with a texture that A has not. */
export const toneStripe: Task = {
  summary: 'photo-like landscapes → the same with a tone curve for each channel and a faint diagonal stripe of period 4',
  draw(random, size, domain) {
    const photograph = quantize(drawLandscape(random, size));
    return domain === 'A' ? photograph : toneAndStripe(photograph);
  },
};
