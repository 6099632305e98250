/**
 * Seeded random numbers. Everything random in a stage comes from a stream that is named for its use, so that drawing
 * more numbers for one use (`flip`) never moves another (`initial weights`).
 */
import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  next(): number;
  /** A uniform integer in [0, n); n ≥ 1. */
  integer(n: number): number;
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * The stream of one use: xoroshiro128+ begun at the first 128 bits of sha256(seed, name). Streams of different names or
 * seeds are independent; any seed works, 0 too. Name parts that vary are part of the name: `flip 17`.
 */
export function randomStream(seed: number, name: string): RandomStream {
  const digest = createHash('sha256').update(JSON.stringify([seed, name])).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
  const next = () => uniformFloat64(generator);
  const integer = (n: number) => {
    if (!(n >= 1)) throw new RangeError(`integer(${n}): nothing to draw from`);
    return uniformInt(generator, 0, n - 1);
  };
  return {
    next,
    integer,
    // Box–Muller; its second number is thrown away.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (items) => shuffled(items, integer),
  };
}

/** Fisher–Yates. */
function shuffled<T>(items: readonly T[], integer: (n: number) => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = integer(last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
