/** What the sliced Wasserstein distance sees of a set of pictures: patches at random places of each level of their Laplacian pyramids. */
import type { Picture } from '../../image/picture.ts';
import type { RandomStream } from '../../random.ts';
import { laplacianPyramid, pyramidLevels, type LevelSize } from './laplacian-pyramid.ts';

/** Side of a patch in pixels (Karras et al. 2018, section 5). */
export const PATCH_SIDE = 7;

/** Patches an image and level (ibid.). */
const PATCHES_PER_IMAGE = 128;

/** Beyond 128 images a set has fewer patches an image, so that a level takes 10 MB (of three channels) however many there are. */
const PATCHES_PER_SET = 1 << 14;

/** The upper left corner of a patch. */
export interface Place {
  readonly top: number;
  readonly left: number;
}

/** The patches of one level: `count` rows of `dimensions` values, those of a patch by row, column and channel. */
export interface Descriptors {
  readonly count: number;
  readonly dimensions: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** Random places at which patches lie wholly inside. */
export function patchPlaces(random: RandomStream, count: number, { height, width }: LevelSize): readonly Place[] {
  return Array.from({ length: count }, () => ({ top: random.integer(height - PATCH_SIDE + 1), left: random.integer(width - PATCH_SIDE + 1) }));
}

/** Collects the descriptors of a set of at most `pictures` pictures of one shape, added one after the other; both sides at least 7. */
export class DescriptorSet {
  readonly #perPicture: number;
  readonly #levels: readonly (LevelSize & { readonly values: Float32Array })[];
  readonly #channels: number;
  #pictures = 0;

  constructor(pictures: number, shape: Pick<Picture, 'height' | 'width' | 'channels'>, perPicture = patchesPerPicture(pictures)) {
    this.#perPicture = perPicture;
    this.#channels = shape.channels;
    const size = pictures * this.#perPicture * this.#dimensions;
    this.#levels = pyramidLevels(shape).map((level) => ({ ...level, values: new Float32Array(size) }));
  }

  get #dimensions(): number {
    return PATCH_SIDE * PATCH_SIDE * this.#channels;
  }

  /** Takes patches at places that `random` draws. */
  add(picture: Picture, random: RandomStream): void {
    const first = this.#pictures++ * this.#perPicture * this.#dimensions;
    for (const [i, level] of laplacianPyramid(picture).entries()) {
      const places = patchPlaces(random, this.#perPicture, level);
      for (const [k, place] of places.entries()) copyPatch(level, place, this.#levels[i]!.values, first + k * this.#dimensions);
    }
  }

  /** Each level's descriptors, those of the largest level first. */
  levels(): readonly Descriptors[] {
    return this.#levels.map(({ values }) => this.#descriptors(values.subarray(0, this.#pictures * this.#perPicture * this.#dimensions)));
  }

  #descriptors(values: Float32Array): Descriptors {
    return { count: values.length / this.#dimensions, dimensions: this.#dimensions, channels: this.#channels, values };
  }
}

/** 128, or as many as fit where a set has more than 128 pictures; never fewer than 8. */
export const patchesPerPicture = (pictures: number): number =>
  Math.max(8, Math.min(PATCHES_PER_IMAGE, Math.floor(PATCHES_PER_SET / Math.max(1, pictures))));

function copyPatch({ width, channels, data }: Picture, { top, left }: Place, into: Float32Array, at: number): void {
  const row = PATCH_SIDE * channels;
  for (let y = 0; y < PATCH_SIDE; y++) {
    const from = ((top + y) * width + left) * channels;
    for (let i = 0; i < row; i++) into[at + y * row + i] = data[from + i]!;
  }
}
