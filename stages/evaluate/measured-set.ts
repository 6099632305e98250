/** What the distances need to know of a set of pictures, gathered as they stream by. */
import type { Picture } from '../image/picture.ts';
import { randomStream } from '../random.ts';
import type { FeatureNetwork } from './features/feature-network.ts';
import type { Features } from './metrics/kernel-distance.ts';
import { DescriptorSet, patchesPerPicture, type Descriptors } from './metrics/patch-descriptors.ts';
import { PatchSet } from './metrics/texture-distance.ts';

/** Of some pictures, what distances compare. */
export interface Measured {
  readonly patches: PatchSet;
  /** Each level's, the largest first. */
  readonly descriptors: readonly Descriptors[];
  readonly features: Features;
}

export interface Measuring {
  readonly features: FeatureNetwork;
  /** Of the patches' places. */
  readonly seed: number;
}

type Shape = Pick<Picture, 'height' | 'width' | 'channels'>;

/**
 * A set of pictures in two halves, taken by turns: distances are measured from one half to the other. Memory: the features, and
 * 128 patches of 7×7 an image and pyramid level, at most 16,384 a level (10 MB), however many pictures.
 */
export class MeasuredSet {
  readonly #halves: readonly [Half, Half];
  readonly #measuring: Measuring;
  #pictures = 0;

  /** For at most `pictures` pictures of one shape. */
  constructor(pictures: number, shape: Shape, measuring: Measuring) {
    this.#measuring = measuring;
    this.#halves = [new Half(pictures, shape), new Half(pictures, shape)];
  }

  /** The next pictures of the set. In every set the patches of picture i come from the same places. */
  async add(pictures: readonly Picture[]): Promise<void> {
    const features = await this.#measuring.features.of(pictures);
    for (const [i, picture] of pictures.entries()) {
      const index = this.#pictures++;
      this.#halves[index % 2]!.add(picture, features[i]!, index, this.#measuring.seed);
    }
  }

  /** The first, third, fifth … picture. */
  get even(): Measured {
    return this.#halves[0].measured;
  }

  /** The second, fourth, sixth … picture. */
  get odd(): Measured {
    return this.#halves[1].measured;
  }

  /** Of all pictures, in no order. */
  get features(): Features {
    return [...this.even.features, ...this.odd.features];
  }
}

class Half {
  readonly #patches: PatchSet;
  readonly #descriptors: DescriptorSet;
  readonly #features: Float32Array[] = [];

  constructor(ofPictures: number, shape: Shape) {
    this.#patches = new PatchSet(ofPictures);
    this.#descriptors = new DescriptorSet(Math.ceil(ofPictures / 2), shape, patchesPerPicture(ofPictures));
  }

  add(picture: Picture, features: Float32Array, index: number, seed: number): void {
    this.#patches.add(picture);
    this.#descriptors.add(picture, randomStream(seed, `evaluate patches ${index}`));
    this.#features.push(features);
  }

  get measured(): Measured {
    return { patches: this.#patches, descriptors: this.#descriptors.levels(), features: this.#features };
  }
}
