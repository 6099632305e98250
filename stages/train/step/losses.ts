/** The loss terms by their stable names (metrics.jsonl and TensorBoard use them), and the two sums made of them. */
import type { GanLossName } from '../../model/losses/gan-loss.ts';

/**
 * adversarial_AToB: what discriminatorB makes of AToB's images. cycle_A: A against BToA(AToB(A)).
 * identity_A: A against BToA(A). So AToB is judged by adversarial_AToB, cycle_A and identity_B.
 */
export const generatorLossNames = ['adversarial_AToB', 'adversarial_BToA', 'cycle_A', 'cycle_B', 'identity_A', 'identity_B'] as const;
export const discriminatorLossNames = ['discriminator_A_real', 'discriminator_A_fake', 'discriminator_B_real', 'discriminator_B_fake'] as const;
/** wgan-gp alone: mean (‖∇D(x̂)‖ − 1)² of each discriminator, unweighted. */
export const penaltyNames = ['gradient_penalty_A', 'gradient_penalty_B'] as const;
/** supervised alone: AToB(A) against B, BToA(B) against A. */
export const supervisedLossNames = ['supervised_AToB', 'supervised_BToA'] as const;
/** The ten terms of every CycleGAN. */
export const lossNames = [...generatorLossNames, ...discriminatorLossNames] as const;

export type GeneratorLossName = (typeof generatorLossNames)[number];
export type DiscriminatorLossName = (typeof discriminatorLossNames)[number] | (typeof penaltyNames)[number];
export type SupervisedLossName = (typeof supervisedLossNames)[number];
export type LossName = GeneratorLossName | DiscriminatorLossName | SupervisedLossName;

/** One weight for each direction. */
export type DirectionPair = readonly [AToB: number, BToA: number];

/** Pairs are [AtoB, BtoA]: `cycle[0]` weighs the cycle that begins with AToB (cycle_A), `identity[0]` weighs AToB's identity (identity_B). */
export interface LossWeights {
  readonly adversarial: DirectionPair;
  readonly cycle: DirectionPair;
  readonly identity: DirectionPair;
}

export function weightsByTerm({ adversarial, cycle, identity }: LossWeights): Readonly<Record<GeneratorLossName, number>> {
  return {
    adversarial_AToB: adversarial[0], adversarial_BToA: adversarial[1],
    cycle_A: cycle[0], cycle_B: cycle[1],
    identity_B: identity[0], identity_A: identity[1],
  };
}

/** The terms that a CycleGAN's step computes: all but generator terms of weight 0; the gradient penalties with wgan-gp. */
export function computedLosses(weights: LossWeights, gan: GanLossName = 'mse'): readonly LossName[] {
  const byTerm = weightsByTerm(weights);
  return [...generatorLossNames.filter((name) => byTerm[name] !== 0), ...discriminatorLossNames, ...(gan === 'wgan-gp' ? penaltyNames : [])];
}

export interface LossSums {
  /** What the generators minimize: the weighted sum of their terms. */
  readonly generator_loss: number;
  /** ½(½(dA real + dA fake) + ½(dB real + dB fake)), unweighted and without gradient penalties; 0 where none is trained (supervised). */
  readonly discriminator_loss: number;
}

type LossValues = Readonly<Partial<Record<LossName, number>>>;

/** From the values (or means) of the terms. A generator term of weight 0 may be missing; any other that is missing gives NaN. */
export function sumLosses(values: LossValues, weights: LossWeights): LossSums {
  if (supervisedLossNames.some((name) => name in values)) return { generator_loss: sum(values, supervisedLossNames), discriminator_loss: 0 };
  const byTerm = weightsByTerm(weights);
  const weighted = (name: GeneratorLossName) => (byTerm[name] === 0 ? 0 : byTerm[name] * (values[name] ?? NaN));
  return {
    generator_loss: generatorLossNames.reduce((sum, name) => sum + weighted(name), 0),
    discriminator_loss: sum(values, discriminatorLossNames) / discriminatorLossNames.length,
  };
}

const sum = (values: LossValues, names: readonly LossName[]): number => names.reduce((sum, name) => sum + (values[name] ?? NaN), 0);
