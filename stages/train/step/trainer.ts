/** The training step of a CycleGAN. It reads no values and takes no branch on data, so that it can be captured as a graph. */
import type { LayersModel, Scalar, Tensor, Tensor4D, Tf, Variable } from '../../engine/tf.ts';
import { ganLoss } from '../../model/losses/gan-loss.ts';
import { meanAbsoluteError } from '../../model/losses/mean-absolute-error.ts';
import { networkWeights } from '../../model/network-weights.ts';
import { networkNames, type Networks } from '../../model/networks.ts';
import { createAdam } from '../optimizer/adam.ts';
import { differentiator } from './differentiate.ts';
import { computedLosses, weightsByTerm, type DiscriminatorLossName, type GeneratorLossName, type LossName } from './losses.ts';
import type { TrainerSettings } from './settings.ts';

/** What an image pool answers: where `use` (`[batch, 1, 1, 1]`, 0 or 1) is 1, `image` takes the place of the newly generated one. */
export interface PooledImages {
  readonly image: Tensor4D;
  readonly use: Tensor;
}

/** Images `[batch, height, width, channels]` in the range of the generators' output. */
export interface Batch {
  readonly realA: Tensor4D;
  readonly realB: Tensor4D;
  readonly pooledA?: PooledImages;
  readonly pooledB?: PooledImages;
}

export interface GeneratedImages {
  readonly generatedA: Tensor4D;
  readonly generatedB: Tensor4D;
}

/** The losses as they were before this step's updates of the networks they belong to. The caller disposes all tensors. */
export interface StepOutput extends GeneratedImages {
  /** Terms of weight 0 are not computed and missing. */
  readonly losses: Readonly<Partial<Record<LossName, Scalar>>>;
}

export interface Trainer {
  /** One iteration. `learningRate` is a scalar tensor, so that a schedule does not change the graph. */
  step(batch: Batch, learningRate: Scalar): StepOutput;
  /** All that a step changes, by stable names: weights, batch normalization's statistics, moments and counters. */
  state(): ReadonlyMap<string, Variable>;
  /** The losses that a step computes. */
  readonly lossNames: readonly LossName[];
  /** Disposes the optimizer's state; the networks are their maker's. */
  dispose(): void;
}

type Losses<Name extends LossName> = Readonly<Partial<Record<Name, Scalar>>>;

/** Inference mode, training mode, and training mode in which nothing moves. */
const inference = { training: false };
const training = { training: true };
const frozen = { training: true, frozen: true };

export function createTrainer(tf: Tf, networks: Networks, settings: TrainerSettings): Trainer {
  const { generatorAToB, generatorBToA, discriminatorA, discriminatorB } = networks;
  const { loss, update_order, discriminator_updates } = settings;
  const weights = weightsByTerm(loss.weights);
  const variables = {
    generators: new Map([...networkWeights(generatorAToB, 'trainable'), ...networkWeights(generatorBToA, 'trainable')]),
    discriminatorA: networkWeights(discriminatorA, 'trainable'),
    discriminatorB: networkWeights(discriminatorB, 'trainable'),
  };
  const adam = createAdam(tf, settings.optimizer, variables);
  const differentiate = differentiator(tf);
  const apply = (network: LayersModel, images: Tensor4D, mode: object) => network.apply(images, { ...mode }) as Tensor4D;
  const looksReal = (output: Tensor) => ganLoss(tf, output, 'real');
  const looksGenerated = (output: Tensor) => ganLoss(tf, output, 'generated');
  const distance = (image: Tensor4D, target: Tensor4D) => meanAbsoluteError(tf, image, target);

  /** Both translations in inference mode: what the discriminators learn from where they step first. */
  function translate({ realA, realB }: Batch): GeneratedImages {
    return { generatedB: apply(generatorAToB, realA, inference), generatedA: apply(generatorBToA, realB, inference) };
  }

  /** One step of both generators against frozen discriminators. */
  function updateGenerators({ realA, realB }: Batch, learningRate: Scalar): GeneratedImages & { losses: Losses<GeneratorLossName> } {
    const { gradients, terms, images } = differentiate(variables.generators, weights, () => {
      const generatedB = apply(generatorAToB, realA, training);
      const generatedA = apply(generatorBToA, realB, training);
      const terms = {
        cycle_A: () => distance(apply(generatorBToA, generatedB, training), realA),
        cycle_B: () => distance(apply(generatorAToB, generatedA, training), realB),
        identity_A: () => distance(apply(generatorBToA, realA, training), realA),
        identity_B: () => distance(apply(generatorAToB, realB, training), realB),
        adversarial_AToB: () => looksReal(apply(discriminatorB, generatedB, frozen)),
        adversarial_BToA: () => looksReal(apply(discriminatorA, generatedA, frozen)),
      };
      return { terms, images: { generatedA, generatedB } };
    });
    adam.step('generators', gradients, learningRate);
    return { losses: terms, ...images };
  }

  /** Each discriminator learns to tell its domain's real images from the generated ones. */
  function updateDiscriminators({ realA, realB }: Batch, { generatedA, generatedB }: GeneratedImages, learningRate: Scalar): Losses<DiscriminatorLossName> {
    return {
      ...updateDiscriminator('discriminatorA', {
        discriminator_A_real: () => looksReal(apply(discriminatorA, realA, training)),
        discriminator_A_fake: () => looksGenerated(apply(discriminatorA, generatedA, training)),
      }, learningRate),
      ...updateDiscriminator('discriminatorB', {
        discriminator_B_real: () => looksReal(apply(discriminatorB, realB, training)),
        discriminator_B_fake: () => looksGenerated(apply(discriminatorB, generatedB, training)),
      }, learningRate),
    };
  }

  /** A step for each term, or one for their sum. */
  function updateDiscriminator(
    discriminator: 'discriminatorA' | 'discriminatorB', terms: Partial<Record<DiscriminatorLossName, () => Scalar>>, learningRate: Scalar,
  ): Losses<DiscriminatorLossName> {
    const steps = discriminator_updates === 'joint' ? [terms] : Object.entries(terms).map(([name, term]) => ({ [name]: term }));
    const losses: Partial<Record<DiscriminatorLossName, Scalar>> = {};
    for (const step of steps) {
      const { gradients, terms } = differentiate(variables[discriminator], loss.discriminator_weight, () => ({ terms: step, images: {} }));
      adam.step(discriminator, gradients, learningRate);
      Object.assign(losses, terms);
    }
    return losses;
  }

  /** The generated images, or those that the pool gives in their place. */
  function pooled(batch: Batch, { generatedA, generatedB }: GeneratedImages): GeneratedImages {
    const choose = (generated: Tensor4D, pool: PooledImages | undefined): Tensor4D =>
      pool === undefined ? generated : tf.add(tf.mul(pool.image, pool.use), tf.mul(generated, tf.sub(1, pool.use)));
    return { generatedA: choose(generatedA, batch.pooledA), generatedB: choose(generatedB, batch.pooledB) };
  }

  function discriminatorsFirst(batch: Batch, learningRate: Scalar): StepOutput {
    const generated = translate(batch);
    const discriminatorLosses = updateDiscriminators(batch, pooled(batch, generated), learningRate);
    const { losses } = updateGenerators(batch, learningRate);
    return { losses: { ...losses, ...discriminatorLosses }, ...generated };
  }

  function generatorsFirst(batch: Batch, learningRate: Scalar): StepOutput {
    const { losses, ...generated } = updateGenerators(batch, learningRate);
    const discriminatorLosses = updateDiscriminators(batch, pooled(batch, generated), learningRate);
    return { losses: { ...losses, ...discriminatorLosses }, ...generated };
  }

  const iterate = update_order === 'discriminators_first' ? discriminatorsFirst : generatorsFirst;
  const state = new Map([...networkNames.flatMap((name) => [...networkWeights(networks[name])]), ...adam.state()]);
  return {
    step: (batch, learningRate) => tf.tidy(() => iterate(batch, learningRate) as unknown as Tensor[]) as unknown as StepOutput,
    state: () => state,
    lossNames: computedLosses(loss.weights),
    dispose: () => adam.dispose(),
  };
}
