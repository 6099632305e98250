/**
 * An image set is what data stages hand on: splits (train, test) × domains (A, B), file names kept.
 *
 * As images (fetch, synthesize, resize, flip): `<split>/<domain>/<file name>`, uint8 pixels;
 * fetch keeps the files as they came (JPEG, PNG, WebP), later stages write PNG under the same stem.
 * As arrays (normalize): `<split>/<domain>.npy`, float32 `[images, height, width, channels]`, beside
 * `<split>/<domain>.json`, the file names in the array's order.
 * Both have `image-set.json` at the top: see {@link ImageSetDescription}.
 */

export const splits = ['train', 'test'] as const;
export const domains = ['A', 'B'] as const;
export type Split = (typeof splits)[number];
export type Domain = (typeof domains)[number];

/** `image-set.json`. */
export interface ImageSetDescription {
  readonly format: 'images' | 'arrays';
  readonly splits: Readonly<Partial<Record<Split, SplitDescription>>>;
  /** Of arrays: the values that stand for black and white (0 and 255). Arrays that do not say are in [-1, 1]. */
  readonly range?: readonly [low: number, high: number];
}

export interface SplitDescription {
  /** Image i of A and of B show the same scene, so that the true translation is known. */
  readonly paired: boolean;
  /** The folders of the user's data from which the files came as they are. Sets that a stage has drawn anew do not say. */
  readonly from?: Readonly<Record<Domain, string>>;
}

/**
 * The description of a set whose images another stage makes from it: without `from`, since its files are not the user's,
 * and so that the names of folders stay out of the digests of all that is made of equal images.
 */
export function derivedDescription(description: ImageSetDescription): ImageSetDescription {
  const entries = Object.entries(description.splits).map(([split, { paired }]) => [split, { paired }]);
  return { ...description, splits: Object.fromEntries(entries) as ImageSetDescription['splits'] };
}

export const descriptionFile = 'image-set.json';

/** A file name without its last extension: `00001.jpg` → `00001`. */
export function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** The order of images within a domain: by the bytes of their names, the same on every machine and in every locale. */
export function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return Buffer.compare(Buffer.from(one.name), Buffer.from(other.name));
}
