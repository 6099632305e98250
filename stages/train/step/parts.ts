/** What the two halves of a CycleGAN's iteration share. */
import type { LayersModel, Tensor4D, Tf, Variable } from '../../engine/tf.ts';
import type { GanLoss } from '../../model/losses/gan-loss.ts';
import { networkWeights } from '../../model/network-weights.ts';
import type { Networks } from '../../model/networks.ts';
import type { Adam } from '../optimizer/adam.ts';
import type { LossSettings } from './settings.ts';

/** Variables that one optimizer step moves together. */
export type Group = 'generators' | 'discriminatorA' | 'discriminatorB';

export interface StepParts {
  readonly tf: Tf;
  readonly networks: Networks;
  readonly variables: Readonly<Record<Group, ReadonlyMap<string, Variable>>>;
  readonly adam: Adam<Group>;
  readonly gan: GanLoss;
  readonly loss: LossSettings;
}

export const generatorVariables = ({ generatorAToB, generatorBToA }: Networks): ReadonlyMap<string, Variable> =>
  new Map([...networkWeights(generatorAToB, 'trainable'), ...networkWeights(generatorBToA, 'trainable')]);

/** inference: batch normalization by its moving statistics. training: by the batch, which moves them. frozen: by the batch, and nothing moves. */
const modes = { inference: { training: false }, training: { training: true }, frozen: { training: true, frozen: true } };

export const apply = (network: LayersModel, images: Tensor4D, mode: keyof typeof modes): Tensor4D =>
  network.apply(images, { ...modes[mode] }) as Tensor4D;
