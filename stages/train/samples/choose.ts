/** Which test images are drawn, and after which epochs. */
import { randomStream } from '../../random.ts';
import type { Domain } from '../../image-set/image-set.ts';

/**
 * `count` random images of `images`, the same at every epoch, so that one can watch them change. More of them add to the
 * fewer. In ascending order.
 */
export function chooseSamples(domain: Domain, images: number, count: number, seed: number): number[] {
  const indices = Array.from({ length: images }, (_, index) => index);
  return randomStream(seed, `samples ${domain}`).shuffle(indices).slice(0, count).sort((a, b) => a - b);
}

/** Drawn after the first epoch, every `sampleEvery`-th and the last. */
export const sampleEpoch = (epoch: number, sampleEvery: number, epochs: number): boolean =>
  epoch === 1 || epoch === epochs || epoch % sampleEvery === 0;
