/**
 * The history of generated images (Shrivastava et al. 2017; CycleGAN section 4 keeps 50), as `ImagePool` in junyanz's
 * util/image_pool.py: until the pool is full each new image enters it and is shown to the discriminator; then with
 * probability ½ a stored one is shown in its place and the new one takes its slot.
 *
 * Decisions are drawn here, from the seed and the iteration alone, so that the training step itself has no branch: it
 * gets an image and a 0 or 1 for each image of the batch. In a batch of more than one, images drawn are those from before it.
 */
import { randomStream } from '../random.ts';
import type { Tensor4D, Tf } from '../engine/tf.ts';
import type { PooledImages } from './step/trainer.ts';

/** For one image of a batch: which slot the new image goes to, and whether the slot's old image is shown instead of it. */
interface PoolDecision {
  readonly slot: number | undefined;
  readonly swap: boolean;
}

export class ImagePool {
  readonly #tf: Tf;
  readonly #size: number;
  readonly #seed: number;
  readonly #name: string;
  #slots: Tensor4D[] = [];

  /** `name` tells the pools of one training apart: `A`, `B`. */
  constructor(tf: Tf, size: number, seed: number, name: string) {
    this.#tf = tf;
    this.#size = size;
    this.#seed = seed;
    this.#name = name;
  }

  /** How many images it holds. */
  get filled(): number {
    return this.#slots.length;
  }

  /** The images that may be shown in iteration `iteration`; the caller disposes both tensors. `shape` is the batch's. */
  draw(iteration: number, shape: readonly [number, number, number, number]): PooledImages {
    const decisions = this.#decisions(iteration, shape[0]);
    const [, height, width, channels] = shape;
    return {
      image: this.#tf.tidy(() => {
        const blank = (): Tensor4D => this.#tf.zeros([1, height, width, channels]);
        return this.#tf.concat(decisions.map(({ slot, swap }) => (swap ? this.#slots[slot!]! : blank())), 0);
      }),
      use: this.#tf.tensor(decisions.map(({ swap }) => (swap ? 1 : 0)), [shape[0], 1, 1, 1], 'float32'),
    };
  }

  /** Takes the images that iteration `iteration` generated, `[batch, height, width, channels]`. */
  store(iteration: number, generated: Tensor4D): void {
    const [batch, height, width, channels] = generated.shape;
    this.#decisions(iteration, batch).forEach(({ slot }, index) => {
      if (slot === undefined) return;
      this.#slots[slot]?.dispose();
      this.#slots[slot] = this.#tf.keep(this.#tf.slice(generated, [index, 0, 0, 0], [1, height, width, channels]));
    });
  }

  /** The stored images as one tensor `[images, height, width, channels]`, or undefined while there is none; the caller disposes it. */
  images(): Tensor4D | undefined {
    return this.#slots.length === 0 ? undefined : this.#tf.concat(this.#slots, 0);
  }

  /** Goes on with images that {@link images} gave. */
  restore(images: Tensor4D | undefined): void {
    this.dispose();
    if (images) this.#slots = this.#tf.split(images, images.shape[0], 0);
    for (const slot of this.#slots) this.#tf.keep(slot);
  }

  dispose(): void {
    for (const slot of this.#slots) slot.dispose();
    this.#slots = [];
  }

  /** The same for a given iteration until {@link store} has filled slots, which happens once an iteration. */
  #decisions(iteration: number, batch: number): PoolDecision[] {
    const random = randomStream(this.#seed, `image pool ${this.#name} ${iteration}`);
    const filledBefore = Math.min(this.#size, iteration * batch);
    return Array.from({ length: batch }, (_, index) => {
      if (filledBefore + index < this.#size) return { slot: filledBefore + index, swap: false };
      const [swap, slot] = [random.next() < 0.5, random.integer(this.#size)];
      // A slot that this same batch fills holds nothing yet that could be shown.
      return swap && slot < filledBefore ? { slot, swap } : { slot: undefined, swap: false };
    });
  }
}
