/**
 * Which image of A meets which image of B. Every pair is a function of the seed and of the pair's place in the whole
 * training alone, so that a run which continues needs no replay.
 */
import { randomStream } from '../../random.ts';

/**
 * in_order: image i with image i (the chapter). random_B: A in order, B drawn at random (the paper; `UnalignedDataset`
 * with `--serial_batches` off for B in junyanz's code). shuffle: both in an order of their own, new in each pass.
 */
export type Pairing = 'in_order' | 'random_B' | 'shuffle';

export interface PairingOptions {
  readonly pairing: Pairing;
  readonly imagesA: number;
  readonly imagesB: number;
  readonly batchSize: number;
  /** Caps an epoch; the next epoch goes on where this one ended. */
  readonly iterationsPerEpoch?: number | undefined;
  readonly seed: number;
}

export interface IndexPair {
  readonly a: number;
  readonly b: number;
}

export interface PairOrder {
  readonly iterationsPerEpoch: number;
  /** The pair at `place` of the training: iteration × batch size + place in the batch, counted from 0. */
  pair(place: number): IndexPair;
}

/** The order of pairs, or undefined where not even one batch can be filled. */
export function pairOrder(options: PairingOptions): PairOrder | undefined {
  const { pairing, imagesA, imagesB, batchSize, iterationsPerEpoch: cap } = options;
  if (Math.min(imagesA, imagesB) === 0) return undefined;
  const images = pairing === 'in_order' ? Math.min(imagesA, imagesB) : Math.max(imagesA, imagesB);
  const batches = Math.floor(images / batchSize);
  if (batches === 0) return undefined;
  return { iterationsPerEpoch: Math.min(batches, cap ?? batches), pair: pairs(options, batches * batchSize) };
}

/** One pass holds the places that fill whole batches: what is left over is dropped, as in Keras and the chapter. */
function pairs({ pairing, imagesA, imagesB, seed }: PairingOptions, placesPerPass: number): PairOrder['pair'] {
  switch (pairing) {
    case 'in_order':
      return (place) => ({ a: place % placesPerPass, b: place % placesPerPass });
    case 'random_B':
      return (place) => ({ a: (place % placesPerPass) % imagesA, b: randomStream(seed, `random B ${place}`).integer(imagesB) });
    case 'shuffle': {
      const a = shuffledPasses(seed, 'A', imagesA);
      const b = shuffledPasses(seed, 'B', imagesB);
      return (place) => ({ a: a(place), b: b(place) });
    }
  }
}

/** Endless passes over `images` images, each in an order of its own; only the pass in use is held. */
function shuffledPasses(seed: number, domain: string, images: number): (place: number) => number {
  let held: { readonly pass: number; readonly order: readonly number[] } | undefined;
  return (place) => {
    const pass = Math.floor(place / images);
    if (held?.pass !== pass) {
      const inOrder = Array.from({ length: images }, (_, index) => index);
      held = { pass, order: randomStream(seed, `shuffle ${domain} ${pass}`).shuffle(inOrder) };
    }
    return held.order[place % images]!;
  };
}
