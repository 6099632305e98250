/** Whether the images of two domains are pairs. */
import { ok } from '../../../pipeline/failure.ts';
import type { Result } from '../../../pipeline/failure.ts';
import { trainFailed } from '../failures.ts';

/**
 * `declared`: the set says that image i of A and image i of B show one scene. That the numbers are equal proves nothing, but
 * that they differ does. Fails with `train-not-paired`.
 */
export function checkPaired(declared: boolean, imagesA: number, imagesB: number): Result<void> {
  if (!declared) return notPaired('the training images are not known to be pairs');
  return imagesA === imagesB ? ok(undefined) : notPaired(`there are ${imagesA} training images of A and ${imagesB} of B`);
}

const notPaired = (message: string) => trainFailed('train-not-paired', `objective supervised learns from pairs, but ${message}`, {
  expected: 'a paired split train: paired: [train] in fetch, or pairs: all in synthesize', hint: 'say so where the images come from, or set objective to cyclegan, which needs no pairs',
});
