/** What the training step can be told, with the train stage's schema for it. The defaults are the chapter's. */
import type { JsonSchema } from '../../../pipeline/stage.ts';
import { ganLossNames, type GanLossName } from '../../model/losses/gan-loss.ts';
import type { AdamSettings } from '../optimizer/adam.ts';
import type { LossWeights } from './losses.ts';

export interface LossSettings {
  readonly weights: LossWeights;
  readonly gan: GanLossName;
  readonly discriminator_weight: number;
  /** Weight of the gradient penalty; only wgan-gp has one. Absent: {@link defaultGradientPenalty}. */
  readonly gradient_penalty?: number;
}

/** λ of Gulrajani et al. 2017, and lambda_gp in junyanz's code. */
export const defaultGradientPenalty = 10;

/** cyclegan: unpaired images. supervised: pairs; the same generators without discriminators, as a ceiling. */
export type Objective = 'cyclegan' | 'supervised';
export type UpdateOrder = 'discriminators_first' | 'generators_first';
export type DiscriminatorUpdates = 'separate' | 'joint';

export interface TrainerSettings {
  readonly loss: LossSettings;
  readonly optimizer: AdamSettings;
  readonly update_order: UpdateOrder;
  readonly discriminator_updates: DiscriminatorUpdates;
  readonly ema_decay?: number;
}

const weight = { type: 'number', minimum: 0 };

const pair = (value: number, description: string): JsonSchema => ({
  description: `${description} A number for both directions, or [AtoB, BtoA].`,
  default: value,
  'x-both-directions': true,
  oneOf: [weight, { type: 'array', minItems: 2, maxItems: 2, items: weight }],
});

/** The `loss` of the train stage. Numbers are made pairs before keys. */
export const lossSchema: JsonSchema = {
  type: 'object', additionalProperties: false, default: {},
  description: 'The losses and their weights (Zhu et al. 2017, equation 3).',
  properties: {
    weights: {
      type: 'object', additionalProperties: false, default: {},
      description: 'Weights of the generators\' terms. A term of weight 0 is not computed.',
      properties: {
        adversarial: pair(1, 'The adversarial loss: AtoB is judged by discriminatorB, BtoA by discriminatorA.'),
        cycle: pair(10, 'Cycle consistency, mean |x − reconstructed x| (lambda_A, lambda_B in junyanz\'s code): AtoB weighs A → B → A, BtoA weighs B → A → B.'),
        identity: pair(1, 'Identity, mean |x − G(x)| on images that are of G\'s target already (the paper: half of cycle): AtoB weighs AToB(B) against B.'),
      },
    },
    gan: {
      type: 'string', enum: [...ganLossNames], default: 'mse',
      description: 'The adversarial loss. mse: least squares to 1 (real) and 0 (generated) on whatever the discriminators end in (the chapter: a sigmoid). The others need discriminator.output linear. lsgan: least squares (Mao et al. 2017; the paper; gan_mode lsgan in junyanz\'s code). vanilla: cross-entropy of logits (Goodfellow et al. 2014, the generator\'s non-saturating form; gan_mode vanilla). hinge: max(0, 1 ∓ D), the generator −D (Lim and Ye 2017). wgan-gp: critic means and a gradient penalty (Gulrajani et al. 2017; gan_mode wgangp); needs discriminator_updates joint.',
    },
    gradient_penalty: { type: 'number', exclusiveMinimum: 0, description: `Weight of mean (‖∇D(x̂)‖ − 1)² between real and generated images; only with wgan-gp, where it is ${defaultGradientPenalty} if absent (λ of Gulrajani et al. 2017, equation 3; lambda_gp in junyanz's code). discriminator_weight does not weigh it. It judges images one by one: choose a discriminator.norm other than batch.` },
    discriminator_weight: { type: 'number', exclusiveMinimum: 0, default: 1, description: 'Weight of each of a discriminator\'s two losses. 0.5: the paper halves them, to slow the discriminators down.' },
  },
};

export const updateOrderSchema: JsonSchema = {
  type: 'string', enum: ['discriminators_first', 'generators_first'], default: 'discriminators_first',
  description: 'discriminators_first: the generators, in inference mode, make images for the discriminators\' steps, then the generators step (the chapter). generators_first: the generators step, then the discriminators on the images of that step (the paper).',
};

export const discriminatorUpdatesSchema: JsonSchema = {
  type: 'string', enum: ['separate', 'joint'], default: 'separate',
  description: 'separate: each discriminator steps on the real images, then on the generated ones (the chapter). joint: one step on the sum of both losses (the paper).',
};

export const objectiveSchema: JsonSchema = {
  type: 'string', enum: ['cyclegan', 'supervised'], default: 'cyclegan',
  description: 'cyclegan: adversarial, cycle-consistency and identity losses on unpaired images (Zhu et al. 2017). supervised: mean |G(x) − y| on pairs, without discriminators: what the same generators reach when they are told the answer.',
};

export const emaDecaySchema: JsonSchema = {
  type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1,
  description: 'Keeps an exponential moving average of the generators\' weights: average ← d·average + (1 − d)·weight after each iteration, with d = min(ema_decay, (1 + n)/(10 + n)) in iteration n (Yazıcı et al. 2019; the warm-up as in tf.train.ExponentialMovingAverage). evaluate judges the averages; samples are drawn with the weights themselves. Absent: none.',
};
