/** Seeded random numbers for sampling, a stream for each axis: drawing more trials or another axis moves none of the others. */
import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

export interface RandomNumbers {
  /** Uniform in [0, 1). */
  next(): number;
  /** 0 … count−1 in random order. */
  permutation(count: number): readonly number[];
}

/** xoroshiro128+ begun at the first 128 bits of sha256(seed, name). */
export function randomNumbers(seed: number, name: string): RandomNumbers {
  const digest = createHash('sha256').update(JSON.stringify(['sweep', seed, name])).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
  return {
    next: () => uniformFloat64(generator),
    permutation(count) {
      const items = Array.from({ length: count }, (_, index) => index);
      // Fisher and Yates.
      for (let last = count - 1; last > 0; last -= 1) {
        const other = uniformInt(generator, 0, last);
        [items[last], items[other]] = [items[other]!, items[last]!];
      }
      return items;
    },
  };
}
