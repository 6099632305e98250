import type { Scalar, Tensor4D } from '../../engine/tf.ts';
import { meanAbsoluteError } from '../../model/losses/mean-absolute-error.ts';
import { differentiator } from './differentiate.ts';
import { weightsByTerm, type GeneratorLossName } from './losses.ts';
import { apply, type StepParts } from './parts.ts';
import type { Batch, GeneratedImages } from './trainer.ts';

export type GeneratorLosses = Readonly<Partial<Record<GeneratorLossName, Scalar>>>;

/** One step of both generators against frozen discriminators (Zhu et al. 2017, equation 3). */
export function generatorsUpdate({ tf, networks, variables, adam, gan, loss }: StepParts) {
  const { generatorAToB, generatorBToA, discriminatorA, discriminatorB } = networks;
  const weights = weightsByTerm(loss.weights);
  const differentiate = differentiator(tf);
  const distance = (image: Tensor4D, target: Tensor4D) => meanAbsoluteError(tf, image, target);

  return function updateGenerators({ realA, realB }: Batch, learningRate: Scalar): GeneratedImages & { readonly losses: GeneratorLosses } {
    const { gradients, terms, images } = differentiate(variables.generators, weights, () => {
      const generatedB = apply(generatorAToB, realA, 'training');
      const generatedA = apply(generatorBToA, realB, 'training');
      const terms = {
        cycle_A: () => distance(apply(generatorBToA, generatedB, 'training'), realA),
        cycle_B: () => distance(apply(generatorAToB, generatedA, 'training'), realB),
        identity_A: () => distance(apply(generatorBToA, realA, 'training'), realA),
        identity_B: () => distance(apply(generatorAToB, realB, 'training'), realB),
        adversarial_AToB: () => gan.generator(apply(discriminatorB, generatedB, 'frozen')),
        adversarial_BToA: () => gan.generator(apply(discriminatorA, generatedA, 'frozen')),
      };
      return { terms, images: { generatedA, generatedB } };
    });
    adam.step('generators', gradients, learningRate);
    return { losses: terms, ...images };
  };
}
