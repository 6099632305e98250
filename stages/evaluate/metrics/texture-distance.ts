/**
 * Texture distance: how far the fine structure of two sets of pictures lies apart, colour and shading left out.
 * The sliced Wasserstein distance (Rabin et al. 2011; for images Karras et al. 2018, "Progressive Growing of GANs", section 5)
 * of mean-removed 5×5 luminance patches, times 1000.
 */
import { luminance, type Picture } from '../../image/picture.ts';
import { randomDirections } from './directions.ts';
import { sortNumbers, wasserstein } from './wasserstein.ts';

const PATCH = 5;
const PATCH_VALUES = PATCH * PATCH;

/** A set is described by about so many patches at most, so that memory does not grow with the number of pictures. */
const PATCHES_PER_SET = 1 << 14;

/** Pixels between neighbouring patches of the grid that patches are taken from. */
const STRIDE = 2;

/** `count` directions, uniform on the unit sphere of the patches' 25 dimensions. */
export const projections = (count: number, normal: () => number): readonly Float32Array[] => randomDirections(count, PATCH_VALUES, normal);

/** A set of pictures as its distance needs it: for each direction, the patches' components along it, sorted. */
export type Texture = readonly Float32Array[];

/** Collects the patches of a set of `pictures` pictures, which are added one after the other. */
export class PatchSet {
  readonly #perPicture: number;
  readonly #patches: Float32Array[] = [];

  constructor(pictures: number) {
    this.#perPicture = Math.max(16, Math.floor(PATCHES_PER_SET / Math.max(1, pictures)));
  }

  /** Takes all patches on a grid of stride 2, or as many of them, evenly spread, as fit. Values in [0, 1]; both sides at least 5. */
  add(picture: Picture): void {
    const plane = luminance(picture);
    const columns = alongGrid(plane.width);
    const cells = alongGrid(plane.height) * columns;
    const count = Math.min(cells, this.#perPicture);
    const patches = new Float32Array(count * PATCH_VALUES);
    for (let i = 0; i < count; i++) {
      const cell = Math.floor((i * cells) / count);
      copyPatch(plane, Math.floor(cell / columns) * STRIDE, (cell % columns) * STRIDE, patches, i * PATCH_VALUES);
    }
    this.#patches.push(patches);
  }

  /** The set along each direction. */
  along(directions: readonly Float32Array[]): Texture {
    return directions.map((direction) => this.#projected(direction));
  }

  #projected(direction: Float32Array): Float32Array {
    const values = new Float32Array(this.#patches.reduce((sum, patches) => sum + patches.length, 0) / PATCH_VALUES);
    let to = 0;
    for (const patches of this.#patches) {
      for (let at = 0; at < patches.length; at += PATCH_VALUES) {
        let sum = 0;
        for (let i = 0; i < PATCH_VALUES; i++) sum += patches[at + i]! * direction[i]!;
        values[to++] = sum;
      }
    }
    return sortNumbers(values);
  }
}

const alongGrid = (side: number) => Math.floor((side - PATCH) / STRIDE) + 1;

function copyPatch(plane: Picture, top: number, left: number, patches: Float32Array, at: number): void {
  let sum = 0;
  for (let i = 0; i < PATCH_VALUES; i++) {
    const value = plane.data[(top + Math.floor(i / PATCH)) * plane.width + left + (i % PATCH)]!;
    patches[at + i] = value;
    sum += value;
  }
  for (let i = 0; i < PATCH_VALUES; i++) patches[at + i]! -= sum / PATCH_VALUES;
}

/** The distance ×1000 of two sets along the same directions; 0 for equal sets. */
export function textureDistance(a: Texture, b: Texture): number {
  const sum = a.reduce((total, components, i) => total + wasserstein(components, b[i]!), 0);
  return (1000 * sum) / a.length;
}
