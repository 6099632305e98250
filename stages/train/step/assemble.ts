import type { Scalar, Tensor, Tf, Variable } from '../../engine/tf.ts';
import { networkWeights } from '../../model/network-weights.ts';
import { networkNames, type Networks } from '../../model/networks.ts';
import type { LossName } from './losses.ts';
import type { Batch, StepOutput, Trainer } from './trainer.ts';
import { createWeightAverages } from './weight-averages.ts';

/** What the generators are trained by, and what they are averaged with. */
export interface TrainerParts {
  readonly optimizer: { state(): ReadonlyMap<string, Variable>; dispose(): void };
  readonly lossNames: readonly LossName[];
  readonly ema_decay: number | undefined;
  /** One iteration without the averages. Its tensors are tidied by the trainer. */
  iterate(batch: Batch, learningRate: Scalar): StepOutput;
}

/** Makes a trainer of an objective's iteration: tidies, averages the generators, and names all that a step changes. */
export function assembleTrainer(tf: Tf, networks: Networks, { optimizer, lossNames, ema_decay, iterate }: TrainerParts): Trainer {
  const generators = new Map([...networkWeights(networks.generatorAToB), ...networkWeights(networks.generatorBToA)]);
  const averages = ema_decay === undefined ? undefined : createWeightAverages(tf, generators, ema_decay);
  const state = new Map([
    ...networkNames.flatMap((name) => [...networkWeights(networks[name])]), ...optimizer.state(), ...(averages?.state() ?? []),
  ]);

  function step(batch: Batch, learningRate: Scalar): StepOutput {
    const output = iterate(batch, learningRate);
    averages?.update();
    return output;
  }

  return {
    step: (batch, learningRate) => tf.tidy(() => step(batch, learningRate) as unknown as Tensor[]) as unknown as StepOutput,
    state: () => state,
    lossNames,
    averages: () => averages?.averages,
    dispose() {
      optimizer.dispose();
      averages?.dispose();
    },
  };
}
