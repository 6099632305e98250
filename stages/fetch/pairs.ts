/** Whether the images of A and B can be pairs. */
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import { stemOf } from '../image-set/image-set.ts';
import type { Domain, Split } from '../image-set/image-set.ts';
import { fetchFailed } from './failures.ts';
import type { PlacedImage } from './layout.ts';

/**
 * Image i of A and image i of B (sorted by name) must show one scene in the splits of `paired`. That cannot be seen from here,
 * but where it cannot be so: unequal numbers, or names that A and B share and that do not stand at the same place.
 */
export function checkPairs(images: readonly PlacedImage[], paired: readonly Split[]): Result<void> {
  for (const split of paired) {
    const [a, b] = (['A', 'B'] as const).map((domain) => stemsOf(images, split, domain)) as [string[], string[]];
    if (a.length !== b.length) return notPaired(split, `${split}/A has ${a.length} images and ${split}/B has ${b.length}`);
    const shared = new Set(a);
    const at = b.some((stem) => shared.has(stem)) ? a.findIndex((stem, index) => stem !== b[index]) : -1;
    if (at >= 0) return notPaired(split, `image ${at + 1} of ${split}/A is ${a[at]} and that of ${split}/B is ${b[at]}`);
  }
  return ok(undefined);
}

const stemsOf = (images: readonly PlacedImage[], split: Split, domain: Domain): string[] =>
  images.filter(({ places }) => places.some((place) => place.split === split && place.domain === domain)).map(({ name }) => stemOf(name));

const notPaired = (split: Split, why: string) =>
  fetchFailed('fetch-not-paired', `paired names ${split}, but ${why}`, {
    expected: 'as many images in A as in B, of the same names in both (or of no common name, in the same order)',
    hint: `add or rename images, or take ${split} out of paired`,
  });
