import type { Tensor, Tensor4D } from '../../engine/tf.ts';

/** tf.layers hands a layer its one input as a tensor or as a list of one. */
export function onlyImage(inputs: Tensor | Tensor[]): Tensor4D {
  return (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
}

/** The arguments beside the input. A network runs in training mode only where the training step asks for it. */
export type CallArguments = Readonly<Record<string, unknown>>;

export const isTraining = (args: CallArguments | undefined): boolean => args?.['training'] === true;

/** True in the generator step's discriminators: they run in training mode, but nothing of theirs may move. */
export const isFrozen = (args: CallArguments | undefined): boolean => args?.['frozen'] === true;
