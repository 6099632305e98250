import type { Picture } from '../../image/picture.ts';

/** Mean |a − b| over all values of two pictures of one shape, values in [0, 1]: half of the training's cycle loss, whose values are in [−1, 1]. */
export function meanAbsoluteError(a: Picture, b: Picture): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / a.data.length;
}
