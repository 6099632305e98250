import type { DistanceName, Distances } from './evaluation.ts';
import { distanceNames } from './evaluation.ts';

/**
 * How much of the way from the ceiling (the input, untranslated) to the floor (the real images among themselves) each distance
 * has come: 0 as far away as the input, 1 as near as real images are to each other; below 0 it is farther than the input.
 * A distance is left out where the input is no farther than the floor: then there is no gap to close.
 */
export function gapClosed(distances: Distances, floor: Distances, ceiling: Distances): Readonly<Partial<Record<DistanceName, number>>> {
  const closed: Partial<Record<DistanceName, number>> = {};
  for (const name of distanceNames) {
    const [value, low, high] = [distances[name], floor[name], ceiling[name]];
    if (value !== undefined && low !== undefined && high !== undefined && high > low) closed[name] = (high - value) / (high - low);
  }
  return closed;
}
