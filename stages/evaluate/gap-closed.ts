import type { DistanceName, Distances } from './evaluation.ts';
import { distanceNames } from './evaluation.ts';

/** Of the ceiling, what must at least lie between it and a floor without an error of its own: less is the noise of the halves. */
const LEAST_SHARE = 0.2;

/**
 * How much of the way from the ceiling (the input, untranslated) to the floor (the real images among themselves) each distance
 * has come: 0 as far away as the input, 1 as near as real images are to each other; below 0 it is farther than the input.
 * A distance is left out where there is no gap to close: where the input is hardly farther than the floor, for KID by less than
 * two standard errors of the difference.
 */
export function gapClosed(distances: Distances, floor: Distances, ceiling: Distances): Readonly<Partial<Record<DistanceName, number>>> {
  const closed: Partial<Record<DistanceName, number>> = {};
  for (const name of distanceNames) {
    const [value, low, high] = [distances[name], floor[name], ceiling[name]];
    if (value === undefined || low === undefined || high === undefined) continue;
    if (high - low > leastGap(name, floor, ceiling)) closed[name] = (high - value) / (high - low);
  }
  return closed;
}

/** Without errors (two images a side) nothing can be said of KID. */
function leastGap(name: DistanceName, floor: Distances, ceiling: Distances): number {
  if (name !== 'kid') return LEAST_SHARE * ceiling[name]!;
  return 2 * Math.hypot(floor.kid_error ?? Infinity, ceiling.kid_error ?? Infinity);
}
