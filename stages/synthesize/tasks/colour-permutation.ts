import { quantize } from '../../image/picture.ts';
import { permuteChannels } from '../shapes/permute.ts';
import { drawWarmPolygons } from '../shapes/warm-polygons.ts';
import type { Task } from './task.ts';

/** A: warm polygons on a dark gradient. B: the same with their channels in another order. */
export const colourPermutation: Task = {
  summary: 'warm polygons on a dark gradient → the same with red, green and blue moved to blue, red and green',
  draw(random, size, domain) {
    const picture = quantize(drawWarmPolygons(random, size));
    return domain === 'A' ? picture : permuteChannels(picture, [2, 0, 1]);
  },
};
