/** One iteration of a CycleGAN. It reads no values and takes no branch on data, so that it can be captured as a graph. */
import type { Tensor4D, Tf } from '../../engine/tf.ts';
import { ganLoss } from '../../model/losses/gan-loss.ts';
import { networkWeights } from '../../model/network-weights.ts';
import type { Networks } from '../../model/networks.ts';
import { createAdam } from '../optimizer/adam.ts';
import { assembleTrainer, type TrainerParts } from './assemble.ts';
import { discriminatorsUpdate } from './discriminators.ts';
import { generatorsUpdate } from './generators.ts';
import { computedLosses } from './losses.ts';
import { apply, generatorVariables, type StepParts } from './parts.ts';
import type { TrainerSettings } from './settings.ts';
import type { Batch, GeneratedImages, PooledImages, Trainer } from './trainer.ts';

/** The discriminators must be made of what `discriminatorOperations` says of this loss. */
export function createTrainer(tf: Tf, networks: Networks, settings: TrainerSettings): Trainer {
  const { loss, update_order, discriminator_updates, ema_decay } = settings;
  const variables = {
    generators: generatorVariables(networks),
    discriminatorA: networkWeights(networks.discriminatorA, 'trainable'),
    discriminatorB: networkWeights(networks.discriminatorB, 'trainable'),
  };
  const adam = createAdam(tf, settings.optimizer, variables);
  const parts = { tf, networks, variables, adam, gan: ganLoss(tf, loss.gan), loss };
  const order = update_order === 'discriminators_first' ? discriminatorsFirst : generatorsFirst;
  const iterate = order(parts, generatorsUpdate(parts), discriminatorsUpdate(parts, discriminator_updates));
  return assembleTrainer(tf, networks, { optimizer: adam, lossNames: computedLosses(loss.weights, loss.gan), ema_decay, iterate });
}

type Iteration = TrainerParts['iterate'];
type Order = (parts: StepParts, updateGenerators: ReturnType<typeof generatorsUpdate>, updateDiscriminators: ReturnType<typeof discriminatorsUpdate>) => Iteration;

/** The chapter: translations in inference mode for the discriminators, then the generators against the new discriminators. */
const discriminatorsFirst: Order = ({ tf, networks }, updateGenerators, updateDiscriminators) => (batch, learningRate) => {
  const generated = translate(networks, batch);
  const discriminatorLosses = updateDiscriminators(batch, pooled(tf, batch, generated), learningRate);
  const { losses } = updateGenerators(batch, learningRate);
  return { losses: { ...losses, ...discriminatorLosses }, ...generated };
};

/** The paper: the discriminators learn from the images that the generators' step made. */
const generatorsFirst: Order = ({ tf }, updateGenerators, updateDiscriminators) => (batch, learningRate) => {
  const { losses, ...generated } = updateGenerators(batch, learningRate);
  const discriminatorLosses = updateDiscriminators(batch, pooled(tf, batch, generated), learningRate);
  return { losses: { ...losses, ...discriminatorLosses }, ...generated };
};

/** Both translations in inference mode: what the discriminators learn from where they step first. */
function translate({ generatorAToB, generatorBToA }: Networks, { realA, realB }: Batch): GeneratedImages {
  return { generatedB: apply(generatorAToB, realA, 'inference'), generatedA: apply(generatorBToA, realB, 'inference') };
}

/** The generated images, or those that the pool gives in their place. */
function pooled(tf: Tf, { pooledA, pooledB }: Batch, { generatedA, generatedB }: GeneratedImages): GeneratedImages {
  const choose = (generated: Tensor4D, pool: PooledImages | undefined): Tensor4D =>
    pool === undefined ? generated : tf.add(tf.mul(pool.image, pool.use), tf.mul(generated, tf.sub(1, pool.use)));
  return { generatedA: choose(generatedA, pooledA), generatedB: choose(generatedB, pooledB) };
}
