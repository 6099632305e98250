/** The weights that training begins with: a function of the seed and each weight's name alone, equal on every engine. */
import type { LayersModel, Tf } from '../engine/tf.ts';
import { randomStream } from '../random.ts';
import { networkWeights } from './network-weights.ts';
import type { InitializerSpec } from './spec.ts';

/** Draws every kernel anew. Biases, beta and moving means stay 0, gamma and moving variances 1. */
export function setInitialWeights(tf: Tf, model: LayersModel, spec: InitializerSpec, seed: number): void {
  for (const [name, variable] of networkWeights(model)) {
    if (!name.endsWith('/kernel')) continue;
    const values = initialKernel(variable.shape, spec, seed, name);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}

/** glorot_uniform: U(−l, l), l = √(6/(fan in + fan out)) (Glorot and Bengio 2010). normal: N(0, init_gain). */
export function initialKernel(shape: readonly number[], spec: InitializerSpec, seed: number, name: string): Float32Array {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  const stream = randomStream(seed, `initial weights ${name}`);
  const limit = Math.sqrt(6 / (height * width * (inputs + outputs)));
  const draw = spec.init_type === 'normal' ? () => spec.init_gain * stream.normal() : () => limit * (2 * stream.next() - 1);
  return Float32Array.from({ length: height * width * inputs * outputs }, draw);
}
