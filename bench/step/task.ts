/** What is measured: one of two kinds of work, of one recipe, at one size. */
import { resolveModel } from '../../stages/model/schema.ts';
import type { ModelSpec } from '../../stages/model/spec.ts';
import type { TrainerSettings } from '../../stages/train/step/settings.ts';

/** step: an iteration of training. inference: a batch through generatorAToB, from array to array. */
export const kinds = ['step', 'inference'] as const;
export type Kind = (typeof kinds)[number];

export const recipeNames = ['chapter', 'paper'] as const;
export type RecipeName = (typeof recipeNames)[number];

export interface Task {
  readonly kind: Kind;
  readonly recipe: RecipeName;
  /** Height and width of the images. */
  readonly size: number;
  readonly batch: number;
}

export interface Recipe {
  readonly model: ModelSpec;
  readonly settings: TrainerSettings;
  readonly learningRate: number;
}

const adam = { beta1: 0.5, beta2: 0.999 };
const learningRate = 2e-4;

/** As configs/monet2photo.yaml has it. */
const chapter: Recipe = {
  model: resolveModel(),
  settings: {
    loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] }, gan: 'mse', discriminator_weight: 1 },
    optimizer: { ...adam, epsilon: 1e-7, shared_counter: true }, update_order: 'discriminators_first', discriminator_updates: 'separate',
  },
  learningRate,
};

/** As configs/monet2photo-paper.yaml has it, but for the image pool, which costs next to nothing and which peers would have to repeat. */
const paper = (residualBlocks: number): Recipe => ({
  model: resolveModel({
    generator: {
      filters: 64, residual_blocks: residualBlocks, norm: 'channel', residual_norm: 'channel',
      padding: 'reflect', strided_padding: 'symmetric', transposed_use_bias: true,
    },
    discriminator: { strides: [2, 2, 2, 1], norm: 'channel', output: 'linear' },
    init_type: 'normal',
  }),
  settings: {
    loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [5, 5] }, gan: 'mse', discriminator_weight: 0.5 },
    optimizer: { ...adam, epsilon: 1e-8, shared_counter: false }, update_order: 'generators_first', discriminator_updates: 'joint',
  },
  learningRate,
});

/** The paper takes 9 residual blocks for images of 256 pixels and 6 for smaller ones. */
export const recipeOf = ({ recipe, size }: Pick<Task, 'recipe' | 'size'>): Recipe => (recipe === 'chapter' ? chapter : paper(size >= 256 ? 9 : 6));

export const taskName = ({ kind, recipe, size, batch }: Task): string =>
  `${kind === 'step' ? 'training step' : 'inference'}, ${recipe}, ${size}×${size}, batch ${batch}`;
