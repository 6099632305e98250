/**
 * Unpaired histogram matching, the strongest translation that needs no network: each channel's values are mapped by the monotone
 * function that carries the distribution of one training set into that of the other. It recolours and cannot change texture.
 */
import { mapValues, type Picture } from '../../image/picture.ts';

const LEVELS = 256;

const level = (value: number) => Math.min(LEVELS - 1, Math.max(0, Math.round(value * (LEVELS - 1))));

/** Counts of the 256 levels of each channel over pictures that are handed in one after the other. */
export class Histogram {
  readonly counts: readonly Float64Array[];

  constructor(channels: number) {
    this.counts = Array.from({ length: channels }, () => new Float64Array(LEVELS));
  }

  add(picture: Picture): void {
    picture.data.forEach((value, i) => this.counts[i % picture.channels]![level(value)]!++);
  }
}

/** Where each level of a distribution stands in it: the share below it plus half of its own. */
function midpoints(counts: Float64Array): Float64Array {
  const total = counts.reduce((a, b) => a + b, 0);
  let below = 0;
  return counts.map((count) => {
    const middle = (below + count / 2) / total;
    below += count;
    return middle;
  });
}

/** The value of `counts`' distribution at each share, linear between levels that occur. */
function quantiles(counts: Float64Array, shares: Float64Array): Float64Array {
  const middles = midpoints(counts);
  const present = Array.from(counts.keys()).filter((i) => counts[i]! > 0);
  return shares.map((share) => {
    const above = present.findIndex((i) => middles[i]! >= share);
    if (above === 0 || present.length === 1) return present[0]! / (LEVELS - 1);
    if (above < 0) return present.at(-1)! / (LEVELS - 1);
    const [low, high] = [present[above - 1]!, present[above]!];
    const part = (share - middles[low]!) / (middles[high]! - middles[low]!);
    return (low + part * (high - low)) / (LEVELS - 1);
  });
}

/** The recolouring that carries the distribution `from` into `to`, one monotone table a channel, values in [0, 1]. */
export function histogramMatch(from: Histogram, to: Histogram): (picture: Picture) => Picture {
  const tables = from.counts.map((counts, channel) => quantiles(to.counts[channel]!, midpoints(counts)));
  return (picture) => mapValues(picture, (value, i) => tables[i % picture.channels]![level(value)]!);
}
