/** What the distances need to know of a set of pictures, gathered as they stream by. */
import type { Picture } from '../image/picture.ts';
import { randomStream } from '../random.ts';
import type { FeatureNetwork } from './features/feature-network.ts';
import { DescriptorSet } from './metrics/patch-descriptors.ts';
import { PatchSet } from './metrics/texture-distance.ts';

/** The parts of a set that distances compare; also of its halves. */
export interface Measured {
  readonly patches: PatchSet;
  readonly descriptors: ReturnType<DescriptorSet['levels']>;
  readonly features: readonly Float32Array[];
}

export interface Measuring {
  readonly features: FeatureNetwork;
  /** Of the config. */
  readonly seed: number;
}

/** Memory: the features, and at most 10 MB of patches a pyramid level, however many pictures. */
export class MeasuredSet {
  readonly #patches: PatchSet;
  readonly #descriptors: DescriptorSet;
  readonly #features: Float32Array[] = [];
  readonly #measuring: Measuring;

  /** For at most `pictures` pictures of one shape. */
  constructor(pictures: number, shape: Pick<Picture, 'height' | 'width' | 'channels'>, measuring: Measuring) {
    this.#measuring = measuring;
    this.#patches = new PatchSet(pictures);
    this.#descriptors = new DescriptorSet(pictures, shape);
  }

  /** The next pictures of the set. In every set the patches of picture i come from the same places. */
  async add(pictures: readonly Picture[]): Promise<void> {
    for (const [i, picture] of pictures.entries()) {
      this.#patches.add(picture);
      this.#descriptors.add(picture, randomStream(this.#measuring.seed, `evaluate patches ${this.#features.length + i}`));
    }
    this.#features.push(...(await this.#measuring.features.of(pictures)));
  }

  all(): Measured {
    return { patches: this.#patches, descriptors: this.#descriptors.levels(), features: this.#features };
  }

  /** Every second picture, from the first on or from the second. */
  half(which: 'even' | 'odd'): Measured {
    const features = this.#features.filter((_, i) => i % 2 === (which === 'even' ? 0 : 1));
    return { patches: this.#patches.half(which), descriptors: this.#descriptors.half(which), features };
  }
}
