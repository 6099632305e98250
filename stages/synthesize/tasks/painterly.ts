import { drawLandscape } from '../landscape/landscape.ts';
import { quantize } from '../../image/picture.ts';
import { paint } from '../painterly/paint.ts';
import type { Task } from './task.ts';

/** A: photo-like landscapes. B: landscapes as a painter sees them. */
export const painterly: Task = {
  summary: 'photo-like landscapes → painterly ones (Kuwahara smoothing, warm palette, soft posterising, strokes along edges)',
  draw(random, size, domain) {
    const photograph = drawLandscape(random, size);
    // Painted from the stored 8-bit photograph: that is all a network sees of it.
    return domain === 'A' ? photograph : paint(quantize(photograph));
  },
};
