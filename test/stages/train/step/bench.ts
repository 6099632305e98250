/** What the tests of the training step share: two small recipes, and networks with their trainer on a fixed batch. */
import type { Tensor, Tensor4D, Tf } from '../../../../stages/engine/tf.ts';
import type { Operations } from '../../../../stages/model/operations/index.ts';
import { createNetworks, type Networks } from '../../../../stages/model/networks.ts';
import { resolveModel, type ModelParams } from '../../../../stages/model/schema.ts';
import type { LossName } from '../../../../stages/train/step/losses.ts';
import type { Objective, TrainerSettings } from '../../../../stages/train/step/settings.ts';
import { createTrainer } from '../../../../stages/train/step/cyclegan.ts';
import { discriminatorOperations } from '../../../../stages/train/step/discriminators.ts';
import { createSupervisedTrainer } from '../../../../stages/train/step/supervised.ts';
import type { Batch, Trainer } from '../../../../stages/train/step/trainer.ts';

const size = 16;

export interface Recipe {
  readonly model: ModelParams;
  readonly settings: TrainerSettings;
}

const adam = { beta1: 0.5, beta2: 0.999, epsilon: 1e-7 };

export const chapter: Recipe = {
  model: { generator: { filters: 2, residual_blocks: 1 }, discriminator: { filters: 2, strides: [2, 2] } },
  settings: {
    loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] }, gan: 'mse', discriminator_weight: 1 },
    optimizer: { ...adam, shared_counter: true }, update_order: 'discriminators_first', discriminator_updates: 'separate',
  },
};

export const paper: Recipe = {
  model: {
    generator: { filters: 2, residual_blocks: 1, norm: 'channel', residual_norm: 'channel', padding: 'reflect' },
    discriminator: { filters: 2, strides: [2, 1], norm: 'batch', output: 'linear' }, init_type: 'normal',
  },
  settings: {
    loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [5, 5] }, gan: 'mse', discriminator_weight: 0.5 },
    optimizer: { ...adam, shared_counter: false }, update_order: 'generators_first', discriminator_updates: 'joint',
  },
};

export const withLoss = (recipe: Recipe, loss: Partial<TrainerSettings['loss']>): Recipe => withSettings(recipe, { loss: { ...recipe.settings.loss, ...loss } });
export const withSettings = (recipe: Recipe, settings: Partial<TrainerSettings>): Recipe => ({ ...recipe, settings: { ...recipe.settings, ...settings } });

export type LossValues = Partial<Record<LossName, number>>;

export interface StepOptions {
  readonly learningRate?: number;
  readonly use?: 0 | 1;
}

interface BenchOptions {
  readonly seed?: number;
  readonly batch?: number;
  readonly operations?: Operations;
  readonly discriminators?: Operations;
  readonly objective?: Objective;
}

/** Networks, their trainer and one batch. */
export class Bench {
  readonly networks: Networks;
  readonly trainer: Trainer;
  readonly batch: Batch;
  private readonly tf: Tf;

  constructor(tf: Tf, { model, settings }: Recipe, { seed = 1, batch = 1, operations, discriminators, objective = 'cyclegan' }: BenchOptions = {}) {
    this.tf = tf;
    const made = createNetworks(tf, resolveModel(model), [size, size, 3], seed, operations, discriminators ?? discriminatorOperations(tf, settings.loss) ?? operations);
    if (!made.ok) throw new Error(made.failure.message);
    this.networks = made.value;
    this.trainer = (objective === 'supervised' ? createSupervisedTrainer : createTrainer)(tf, made.value, settings);
    const images = (seed: number) => tf.randomUniform([batch, size, size, 3], -1, 1, 'float32', seed) as Tensor4D;
    const interpolation = (seed: number): Tensor => tf.randomUniform([batch, 1, 1, 1], 0, 1, 'float32', seed);
    this.batch = { realA: images(1), realB: images(2), ...(settings.loss.gan === 'wgan-gp' && { interpolationA: interpolation(3), interpolationB: interpolation(4) }) };
  }

  /** One step; the values of its losses. */
  step({ learningRate = 2e-4, use }: StepOptions = {}): LossValues {
    const { tf } = this;
    const rate = tf.scalar(learningRate);
    const pool = use === undefined ? undefined : { image: tf.zerosLike(this.batch.realA), use: tf.fill([this.batch.realA.shape[0], 1, 1, 1], use) };
    const { losses, generatedA, generatedB } = this.trainer.step(pool === undefined ? this.batch : { ...this.batch, pooledA: pool, pooledB: pool }, rate);
    const values = Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, loss.dataSync()[0]!]));
    tf.dispose([rate, generatedA, generatedB, ...Object.values(losses), ...(pool === undefined ? [] : [pool.image, pool.use])]);
    return values;
  }

  snapshot(): Readonly<Record<string, readonly number[]>> {
    return Object.fromEntries([...this.trainer.state()].map(([name, variable]) => [name, [...variable.dataSync()]]));
  }

  dispose(): void {
    this.trainer.dispose();
    for (const network of Object.values(this.networks)) network.dispose();
    this.tf.dispose(Object.values(this.batch) as Tensor[]);
  }
}

export function changed(before: Readonly<Record<string, readonly number[]>>, after: Readonly<Record<string, readonly number[]>>): ReadonlySet<string> {
  return new Set(Object.keys(after).filter((key) => after[key]!.some((value, index) => value !== before[key]![index])));
}
