/** Whether the images of two domains are pairs. */
import { ok } from '../../../pipeline/failure.ts';
import type { Result } from '../../../pipeline/failure.ts';
import { stemOf } from '../../image-set/image-set.ts';
import { trainFailed } from '../failures.ts';

/**
 * As many of A as of B, and image i of A has the name, or the numbers in its name, of image i of B: `17_A.jpg`, `17_B.jpg`;
 * of a set that is `known` to be paired only their number is looked at. Fails with `train-not-paired`.
 */
export function checkPaired(namesA: readonly string[], namesB: readonly string[], known: boolean): Result<void> {
  if (namesA.length !== namesB.length) return notPaired(`there are ${namesA.length} training images of A and ${namesB.length} of B`);
  if (known) return ok(undefined);
  const odd = namesA.findIndex((name, index) => !correspond(name, namesB[index]!));
  return odd === -1 ? ok(undefined) : notPaired(`${namesA[odd]} of A and ${namesB[odd]} of B have the same place, but neither a name nor a number in common`);
}

function correspond(a: string, b: string): boolean {
  const [stemA, stemB] = [stemOf(a), stemOf(b)];
  return stemA === stemB || (numbersOf(stemA) !== '' && numbersOf(stemA) === numbersOf(stemB));
}

const numbersOf = (stem: string) => (stem.match(/\d+/g) ?? []).map(Number).join();

const notPaired = (message: string) => trainFailed('train-not-paired', message, {
  expected: 'pairs: for each training image of A one of B, of the same name or number', hint: 'set objective to cyclegan, which needs no pairs',
});
