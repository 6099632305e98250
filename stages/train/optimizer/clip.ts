import type { NamedTensorMap, Scalar, Tensor, Tf } from '../../engine/tf.ts';

export interface ClipSettings {
  /** The largest joint L2 norm of a step's gradients. */
  readonly global_clipnorm?: number;
  /** The largest magnitude of each gradient value. Not together with global_clipnorm. */
  readonly clipvalue?: number;
}

/** Clips the gradients of one optimizer step; absent where settings ask for none. To be called inside tf.tidy. */
export type Clip = (gradients: NamedTensorMap) => NamedTensorMap;

/** As Keras's optimizers clip before a step: by norm all at once, or value by value. */
export function createClip(tf: Tf, { global_clipnorm, clipvalue }: ClipSettings): Clip | undefined {
  if (global_clipnorm !== undefined) return (gradients) => clipByGlobalNorm(tf, gradients, global_clipnorm);
  if (clipvalue !== undefined) return (gradients) => change(gradients, (gradient) => tf.clipByValue(gradient, -clipvalue, clipvalue));
  return undefined;
}

/**
 * Each gradient times limit/max(norm, limit) with norm = √(Σ g²) over all of them (tf.clip_by_global_norm; Pascanu et al.
 * 2013, algorithm 1). A norm that is not finite makes all of them NaN, so that it shows.
 */
function clipByGlobalNorm(tf: Tf, gradients: NamedTensorMap, limit: number): NamedTensorMap {
  const norm = tf.sqrt(tf.addN(Object.values(gradients).map((gradient): Scalar => tf.sum(tf.square(gradient)))));
  const scale = tf.add(tf.div(limit, tf.maximum(norm, limit)), tf.sub(norm, norm));
  return change(gradients, (gradient) => tf.mul(gradient, scale));
}

const change = (gradients: NamedTensorMap, by: (gradient: Tensor) => Tensor): NamedTensorMap =>
  Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, by(gradient)]));
