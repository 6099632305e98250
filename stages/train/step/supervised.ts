/** The supervised objective: the same generators, told the answer. What they reach is a ceiling for unpaired training. */
import type { Scalar, Tf } from '../../engine/tf.ts';
import { meanAbsoluteError } from '../../model/losses/mean-absolute-error.ts';
import type { Networks } from '../../model/networks.ts';
import { createAdam } from '../optimizer/adam.ts';
import { assembleTrainer } from './assemble.ts';
import { differentiator } from './differentiate.ts';
import { supervisedLossNames } from './losses.ts';
import { apply, generatorVariables } from './parts.ts';
import type { TrainerSettings } from './settings.ts';
import type { Batch, StepOutput, Trainer } from './trainer.ts';

/**
 * Image i of A and image i of B in a batch are a pair: one step of both generators on mean |AToB(A) − B| +
 * mean |BToA(B) − A|, without weights. The discriminators stay as they are; their weights are in `state()` all the same,
 * as checkpoints and `models/` hold four networks, but they have no moments. Pools and interpolations are not used.
 */
export function createSupervisedTrainer(tf: Tf, networks: Networks, settings: Pick<TrainerSettings, 'optimizer' | 'ema_decay'>): Trainer {
  const { generatorAToB, generatorBToA } = networks;
  const variables = generatorVariables(networks);
  const adam = createAdam(tf, settings.optimizer, { generators: variables });
  const differentiate = differentiator(tf);

  function iterate({ realA, realB }: Batch, learningRate: Scalar): StepOutput {
    const { gradients, terms, images } = differentiate(variables, 1, () => {
      const generatedB = apply(generatorAToB, realA, 'training');
      const generatedA = apply(generatorBToA, realB, 'training');
      const terms = {
        supervised_AToB: () => meanAbsoluteError(tf, generatedB, realB),
        supervised_BToA: () => meanAbsoluteError(tf, generatedA, realA),
      };
      return { terms, images: { generatedA, generatedB } };
    });
    adam.step('generators', gradients, learningRate);
    return { losses: terms, ...images };
  }

  return assembleTrainer(tf, networks, { optimizer: adam, lossNames: supervisedLossNames, ema_decay: settings.ema_decay, iterate });
}
