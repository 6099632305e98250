import type { Tensor, Tensor1D, Tf, serialization } from '../../engine/tf.ts';
import type { Operations } from '../operations/index.ts';
import { onlyImage } from './call-arguments.ts';

/**
 * Instance normalization of NHWC images. `axis: 1` is keras-contrib's InstanceNormalization(axis=1): each row of each
 * image, epsilon added to the deviation, gamma and beta of shape `[height]`. `axis: 3` is the usual one (Ulyanov et al.
 * 2016): each channel of each image, epsilon added to the variance, gamma and beta of shape `[channels]`.
 * Without `affine` gamma is 1 and beta 0, as in PyTorch's InstanceNorm2d, and there are no weights.
 */
export function instanceNormalizationLayer(tf: Tf, operations: Operations) {
  class InstanceNormalization extends tf.layers.Layer {
    static readonly className = 'InstanceNormalization';
    private readonly axis: 1 | 3;
    private readonly epsilon: number;
    private readonly affine: boolean;
    private unit: readonly [gamma: Tensor1D, beta: Tensor1D] | undefined;

    constructor(config: serialization.ConfigDict) {
      super(config as ConstructorParameters<typeof tf.layers.Layer>[0]);
      this.axis = config['axis'] as 1 | 3;
      this.epsilon = config['epsilon'] as number;
      this.affine = config['affine'] as boolean;
    }

    override build(inputShape: number[]): void {
      const size: [number] = [inputShape[this.axis] as number];
      if (this.affine) {
        this.addWeight('gamma', size, 'float32', tf.initializers.ones());
        this.addWeight('beta', size, 'float32', tf.initializers.zeros());
      } else {
        this.unit = tf.tidy(() => [tf.keep(tf.ones(size)), tf.keep(tf.zeros(size))] as [Tensor1D, Tensor1D]);
      }
      this.built = true;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const [gamma, beta] = this.unit ?? (this.weights.map((weight) => weight.read()) as [Tensor1D, Tensor1D]);
      const normalize = this.axis === 1 ? operations.normalizeRows : operations.normalizeChannels;
      return normalize(onlyImage(inputs), gamma, beta, this.epsilon);
    }

    override computeOutputShape(inputShape: number[]): number[] {
      return inputShape;
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon, affine: this.affine };
    }

    protected override disposeWeights(): number {
      const count = super.disposeWeights();
      if (this.unit !== undefined) tf.dispose([...this.unit]);
      return count;
    }
  }
  return InstanceNormalization;
}
