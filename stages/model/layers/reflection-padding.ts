import type { Tensor, Tf, serialization } from '../../engine/tf.ts';
import type { Operations } from '../operations/index.ts';
import { onlyImage } from './call-arguments.ts';

/** Pads height and width by `size` mirrored pixels: PyTorch's ReflectionPad2d (padding_type 'reflect' in junyanz's code). */
export function reflectionPaddingLayer(tf: Tf, operations: Operations) {
  class ReflectionPadding2D extends tf.layers.Layer {
    static readonly className = 'ReflectionPadding2D';
    private readonly size: number;

    constructor(config: serialization.ConfigDict) {
      super(config as ConstructorParameters<typeof tf.layers.Layer>[0]);
      this.size = config['size'] as number;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return operations.padByReflection(onlyImage(inputs), this.size);
    }

    override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
      const [batch, height, width, channels] = inputShape as [number | null, number | null, number | null, number];
      const padded = (length: number | null) => (length === null ? null : length + 2 * this.size);
      return [batch, padded(height), padded(width), channels];
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), size: this.size };
    }
  }
  return ReflectionPadding2D;
}
