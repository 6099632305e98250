import type { Tensor, Tensor1D, Tensor4D, Tf, layers, serialization } from '../../engine/tf.ts';
import type { Operations } from '../operations/index.ts';
import { onlyImage } from './call-arguments.ts';
import { standardClass } from './layer-set.ts';

/** What the standard class sets as it is made and built. */
interface StandardConvolution extends layers.Layer {
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
}

/**
 * Conv2D as Keras defines it. The standard class computes the gradients of filter, bias and input together, wanted or
 * not; here each comes only when it is asked for (frozen discriminators, first layers).
 */
export function convolutionLayer(tf: Tf, operations: Operations) {
  return class extends standardClass<StandardConvolution>(tf, 'Conv2D') {
    constructor(config: serialization.ConfigDict) {
      super(config);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const [kernel, bias] = this.weights.map((weight) => weight.read());
        const y = operations.convolution(onlyImage(inputs), kernel as Tensor4D, this.strides, this.padding);
        return bias === undefined ? y : operations.addBias(y, bias as Tensor1D);
      });
    }
  };
}
