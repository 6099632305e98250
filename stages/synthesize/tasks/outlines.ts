import { drawGreyScene } from '../shapes/grey-scene.ts';
import type { Task } from './task.ts';

/** A: shapes drawn as outlines. B: shapes that are filled. */
export const outlines: Task = {
  summary: 'shapes of a few hues drawn as 3-pixel outlines on grey → the same shapes filled',
  draw: (random, size, domain) => drawGreyScene(random, size, domain === 'B'),
};
