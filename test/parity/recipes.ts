/** What is trained, with the values of reference/recipes.py. */
import type { ModelParams } from '../../stages/model/schema.ts';
import type { TrainerSettings } from '../../stages/train/step/settings.ts';

export interface ParityRecipe {
  readonly size: number;
  readonly learningRate?: number;
  /** Of weights and images: 1 if absent. */
  readonly seed?: number;
  /** Without corners (smooth.ts). */
  readonly smooth?: boolean;
  readonly model: ModelParams;
  readonly settings: TrainerSettings;
  /**
   * Biases that a channel or batch normalization takes away again. Their true gradient is 0, so what is there to compare
   * is rounding, which Adam makes steps of full size: they are left out.
   */
  readonly withoutGradient: RegExp;
}

const adam = { beta1: 0.5, beta2: 0.999 };

const chapterSettings: TrainerSettings = {
  loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] }, gan: 'mse', discriminator_weight: 1 },
  optimizer: { ...adam, epsilon: 1e-7, shared_counter: true }, update_order: 'discriminators_first', discriminator_updates: 'separate',
};

/** What the chapter's networks are beside their widths are the defaults. */
const beforeBatchNorm = /\/R\d+_\d+_[ab]\/bias$/;

export const chapterSmall: ParityRecipe = {
  size: 32, model: { generator: { filters: 4, residual_blocks: 1 }, discriminator: { filters: 2 } }, settings: chapterSettings, withoutGradient: beforeBatchNorm,
};

/** At 2e-4 Keras in float32 leaves Keras in float64 by a quarter within ten iterations, so nobody could be held to it. */
export const chapterFull: ParityRecipe = { size: 128, learningRate: 2e-5, model: {}, settings: chapterSettings, withoutGradient: beforeBatchNorm };

export const chapterFullSmooth: ParityRecipe = { size: 128, model: {}, settings: chapterSettings, withoutGradient: beforeBatchNorm, smooth: true };

/** At half the size, in all its widths and depth. */
export const chapterHalf: ParityRecipe = { size: 64, model: {}, settings: chapterSettings, withoutGradient: beforeBatchNorm };

export const paperSmall: ParityRecipe = {
  size: 32,
  model: {
    generator: { filters: 4, residual_blocks: 1, norm: 'channel', residual_norm: 'channel', padding: 'reflect', transposed_use_bias: true },
    discriminator: { filters: 2, strides: [2, 2, 2, 1], norm: 'channel', output: 'linear' },
  },
  settings: {
    loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [5, 5] }, gan: 'mse', discriminator_weight: 0.5 },
    optimizer: { ...adam, epsilon: 1e-8, shared_counter: false }, update_order: 'generators_first', discriminator_updates: 'joint',
  },
  withoutGradient: /\/(c7s1_\d+|d\d+|R\d+_\d+_[ab]|u\d+|C[2-9])\/bias$/,
};

export const paperHalf: ParityRecipe = {
  ...paperSmall, size: 64, model: { generator: { ...paperSmall.model.generator, filters: 32, residual_blocks: 6 }, discriminator: { ...paperSmall.model.discriminator, filters: 64 } },
};
