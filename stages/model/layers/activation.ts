import type { Tensor, Tf, layers, serialization } from '../../engine/tf.ts';
import type { Operations } from '../operations/index.ts';
import { onlyImage } from './call-arguments.ts';
import { standardClass } from './layer-set.ts';

export type ActivationName = 'relu' | 'tanh' | 'sigmoid' | 'linear';

/** Activation (relu, tanh, sigmoid, linear) and LeakyReLU, as Keras defines them. */
export function activationLayers(tf: Tf, operations: Operations) {
  const functions: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
    relu: operations.relu,
    tanh: operations.tanh,
    sigmoid: operations.sigmoid,
    linear: (x) => x.clone(),
  };

  class Activation extends standardClass(tf, 'Activation') {
    private readonly activate: (x: Tensor) => Tensor;

    constructor(config: serialization.ConfigDict) {
      super(config);
      this.activate = functions[config['activation'] as ActivationName];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return this.activate(onlyImage(inputs));
    }
  }

  class LeakyReLU extends standardClass<layers.Layer & { readonly alpha: number }>(tf, 'LeakyReLU') {
    constructor(config: serialization.ConfigDict) {
      super(config);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return operations.leakyRelu(onlyImage(inputs), this.alpha);
    }
  }

  return { Activation, LeakyReLU };
}
