/** Where a sweep's file says how it halves, for messages. Beside the halving itself, which is written into the sweep's record. */
import type { Source } from '../../config/tree/source.ts';
import type { Halving } from '../sweep-record.ts';

export interface HalvingPlaces {
  readonly metric: Source | undefined;
  /** Of each rung. */
  readonly epochs: readonly (Source | undefined)[];
}

const known = new WeakMap<Halving, HalvingPlaces>();

export function placeHalving(halving: Halving, places: HalvingPlaces): Halving {
  known.set(halving, places);
  return halving;
}

export const placesOf = (halving: Halving): HalvingPlaces => known.get(halving) ?? { metric: undefined, epochs: [] };
