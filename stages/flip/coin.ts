import { randomStream } from '../random.ts';

/**
 * Whether image `index` of the train split is mirrored. A stream per index, so that the coin depends neither on how many
 * images there are nor on the domain: image i of A and image i of B share it.
 */
export const isFlipped = (seed: number, index: number, probability: number): boolean =>
  randomStream(seed, `flip ${index}`).next() < probability;
