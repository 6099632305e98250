/** Two trainings that see the same batches, one run eagerly and one captured. */
import type { Scalar, Tensor, Tensor4D, Tf, Variable } from '../../../../stages/engine/tf.ts';
import { createNetworks, disposeNetworks } from '../../../../stages/model/networks.ts';
import { resolveModel } from '../../../../stages/model/schema.ts';
import { capturedExecution, eagerExecution, type Execution } from '../../../../stages/train/step/execution.ts';
import { createTrainer } from '../../../../stages/train/step/cyclegan.ts';
import { discriminatorOperations } from '../../../../stages/train/step/discriminators.ts';
import type { Batch, Trainer } from '../../../../stages/train/step/trainer.ts';
import type { LossValues, Recipe } from './bench.ts';

export type Bits = Readonly<Record<string, string>>;

export class Training {
  readonly trainer: Trainer;
  readonly #tf: Tf;
  readonly #size: number;
  readonly #recipe: Recipe;
  readonly #execution: Execution;
  readonly #dispose: () => void;

  constructor(tf: Tf, recipe: Recipe, size: number, run: (trainer: Trainer) => Execution) {
    const made = createNetworks(tf, resolveModel(recipe.model), [size, size, 3], 1, undefined, discriminatorOperations(tf, recipe.settings.loss));
    if (!made.ok) throw new Error(made.failure.message);
    this.#tf = tf;
    this.#size = size;
    this.#recipe = recipe;
    this.trainer = createTrainer(tf, made.value, recipe.settings);
    this.#execution = run(this.trainer);
    this.#dispose = () => disposeNetworks(made.value);
  }

  /** Iteration `iteration`, its images, pools and learning rate drawn from it; the losses and the generated images' means. */
  step(iteration: number, count = 1): LossValues & { readonly generated: readonly number[] } {
    const [batch, rate] = [this.#batch(iteration, count), this.#tf.scalar(2e-4 / (1 + iteration % 3))];
    const { losses, generatedA, generatedB } = this.#execution.step(batch, rate as Scalar);
    const values = Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, loss.dataSync()[0]!]));
    const generated = [generatedA, generatedB].map((images) => this.#tf.tidy(() => this.#tf.mean(images).dataSync()[0]!));
    this.#tf.dispose([batch, rate, losses, generatedA, generatedB] as unknown as Tensor[]);
    return { ...values, generated };
  }

  /** Every variable's bits. */
  bits(): Bits {
    this.#execution.beforeRead();
    return Object.fromEntries([...this.trainer.state()].map(([name, variable]) => [name, Buffer.from(variable.dataSync().slice().buffer).toString('base64')]));
  }

  /** Goes on from what {@link bits} gave. */
  restore(bits: Bits): void {
    for (const [name, variable] of this.trainer.state()) {
      const values = new Float32Array(Uint8Array.from(Buffer.from(bits[name]!, 'base64')).buffer);
      this.#tf.tidy(() => variable.assign(this.#tf.tensor(values, variable.shape as [number]) as unknown as Parameters<Variable['assign']>[0]));
    }
    this.#execution.afterWrite();
  }

  dispose(): void {
    this.#execution.dispose();
    this.trainer.dispose();
    this.#dispose();
  }

  #batch(iteration: number, count: number): Batch {
    const tf = this.#tf;
    const images = (key: number) => tf.randomUniform([count, this.#size, this.#size, 3], -1, 1, 'float32', 100 * (iteration + 1) + key) as Tensor4D;
    const scalars = (key: number): Tensor => tf.randomUniform([count, 1, 1, 1], 0, 1, 'float32', 100 * (iteration + 1) + key);
    const pooled = (key: number) => ({ image: images(key), use: tf.fill([count, 1, 1, 1], iteration % 2) });
    return {
      realA: images(1), realB: images(2),
      ...(this.#recipe.settings.update_order === 'generators_first' && { pooledA: pooled(3), pooledB: pooled(4) }),
      ...(this.#recipe.settings.loss.gan === 'wgan-gp' && { interpolationA: scalars(5), interpolationB: scalars(6) }),
    };
  }
}

/** Names of what differs. */
export const differing = (a: Bits, b: Bits): readonly string[] => Object.keys({ ...a, ...b }).filter((name) => a[name] !== b[name]);

export const range = (length: number, from = 0): readonly number[] => Array.from({ length }, (_, index) => from + index);

/** How the tests of execution make trainings that are captured, or a pair of which one is. */
export class CaptureBench {
  /** Why steps could not be captured. */
  readonly refused: string[] = [];
  readonly tf: Tf;
  readonly scratch: string;

  constructor(tf: Tf, scratch: string) {
    this.tf = tf;
    this.scratch = scratch;
  }

  captured(recipe: Recipe, size: number): Training {
    return new Training(this.tf, recipe, size, (trainer) => capturedExecution(this.tf, trainer, { scratch: this.scratch, refused: (reason) => this.refused.push(reason) }));
  }

  both(recipe: Recipe, size: number): readonly [eager: Training, graph: Training] {
    return [new Training(this.tf, recipe, size, eagerExecution), this.captured(recipe, size)];
  }
}
