import type { Scalar, Tensor, Tensor4D, Tf } from '../../engine/tf.ts';
import { gradientPenalty } from '../../model/losses/gradient-penalty.ts';
import { twiceDifferentiableOperations, type Operations } from '../../model/operations/index.ts';
import { differentiator } from './differentiate.ts';
import type { DiscriminatorLossName } from './losses.ts';
import { apply, type StepParts } from './parts.ts';
import { defaultGradientPenalty, type DiscriminatorUpdates, type LossSettings } from './settings.ts';
import type { Batch, GeneratedImages } from './trainer.ts';

export type DiscriminatorLosses = Readonly<Partial<Record<DiscriminatorLossName, Scalar>>>;

type Terms = Readonly<Partial<Record<DiscriminatorLossName, () => Scalar>>>;

/**
 * What discriminators that learn by this loss must be made of; undefined: the engine's fastest. Through those the
 * gradient penalty's gradient would be wrong without a word.
 */
export const discriminatorOperations = (tf: Tf, { gan }: Pick<LossSettings, 'gan'>): Operations | undefined =>
  gan === 'wgan-gp' ? twiceDifferentiableOperations(tf) : undefined;

/** What one discriminator is shown. */
interface Images {
  readonly real: Tensor4D;
  readonly generated: Tensor4D;
  readonly interpolation: Tensor | undefined;
}

/** Each discriminator learns to tell its domain's real images from the generated ones. */
export function discriminatorsUpdate(parts: StepParts, updates: DiscriminatorUpdates) {
  const { tf, variables, adam, loss } = parts;
  const weights = weightsOf(parts);
  const differentiate = differentiator(tf);

  /** A step for each term, or one for their sum. */
  function updateDiscriminator(domain: 'A' | 'B', images: Images, learningRate: Scalar): DiscriminatorLosses {
    const terms = { ...adversarialTerms(parts, domain, images), ...(loss.gan === 'wgan-gp' && penaltyTerm(parts, domain, images)) };
    const steps: readonly Terms[] = updates === 'joint' ? [terms] : Object.entries(terms).map(([name, term]) => ({ [name]: term }));
    const losses: DiscriminatorLosses[] = [];
    for (const step of steps) {
      const { gradients, terms } = differentiate(variables[`discriminator${domain}`], weights, () => ({ terms: step, images: {} }));
      adam.step(`discriminator${domain}`, gradients, learningRate);
      losses.push(terms);
    }
    return Object.assign({}, ...losses) as DiscriminatorLosses;
  }

  return function updateDiscriminators(batch: Batch, { generatedA, generatedB }: GeneratedImages, learningRate: Scalar): DiscriminatorLosses {
    return {
      ...updateDiscriminator('A', { real: batch.realA, generated: generatedA, interpolation: batch.interpolationA }, learningRate),
      ...updateDiscriminator('B', { real: batch.realB, generated: generatedB, interpolation: batch.interpolationB }, learningRate),
    };
  };
}

function adversarialTerms({ networks, gan }: StepParts, domain: 'A' | 'B', { real, generated }: Images): Terms {
  const discriminator = networks[`discriminator${domain}`];
  return {
    [`discriminator_${domain}_real`]: () => gan.real(apply(discriminator, real, 'training')),
    [`discriminator_${domain}_fake`]: () => gan.generated(apply(discriminator, generated, 'training')),
  };
}

/** Statistics of batch normalization do not move for images between the two kinds. */
function penaltyTerm({ tf, networks }: StepParts, domain: 'A' | 'B', { interpolation, ...images }: Images): Terms {
  if (interpolation === undefined) throw new Error(`wgan-gp: the batch has no interpolation${domain}`);
  const critic = (images: Tensor4D) => apply(networks[`discriminator${domain}`], images, 'frozen');
  return { [`gradient_penalty_${domain}`]: () => gradientPenalty(tf, critic, { ...images, interpolation }) };
}

function weightsOf({ loss: { discriminator_weight: weight, gradient_penalty: penalty = defaultGradientPenalty } }: StepParts): Readonly<Record<DiscriminatorLossName, number>> {
  return {
    discriminator_A_real: weight, discriminator_A_fake: weight, gradient_penalty_A: penalty,
    discriminator_B_real: weight, discriminator_B_fake: weight, gradient_penalty_B: penalty,
  };
}
