/** A small notation for writing networks the way the papers list them: each call adds layers after the last. */
import type { LayersModel, SymbolicTensor, Tf } from '../engine/tf.ts';
import type { ActivationName } from './layers/activation.ts';
import { layerSet } from './layers/layer-set.ts';
import type { Operations } from './operations/index.ts';
import type { ImageShape, NormSpec } from './spec.ts';

export interface ConvolutionSpec {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: 1 | 2;
  readonly padding?: 'same' | 'valid';
  readonly bias: boolean;
}

export class NetworkWriter {
  private readonly input: SymbolicTensor;
  private last: SymbolicTensor;
  private readonly tf: Tf;
  private readonly layers: ReturnType<typeof layerSet>;

  constructor(tf: Tf, shape: ImageShape, operations: Operations | undefined) {
    this.tf = tf;
    this.layers = layerSet(tf, operations);
    this.last = this.input = tf.input({ shape: [...shape], name: 'image' });
  }

  convolution(name: string, { filters, kernel, stride = 1, padding = 'same', bias }: ConvolutionSpec): this {
    // Zeros, because the seeded weights are written in afterwards (initial-weights.ts).
    return this.add(this.layers.convolution({ name, filters, kernelSize: kernel, strides: stride, padding, useBias: bias, kernelInitializer: 'zeros' }));
  }

  transposedConvolution(name: string, { filters, kernel, stride = 1, padding = 'same', bias }: ConvolutionSpec): this {
    return this.add(this.tf.layers.conv2dTranspose({ name, filters, kernelSize: kernel, strides: stride, padding, useBias: bias, kernelInitializer: 'zeros' }));
  }

  norm(name: string, spec: NormSpec): this {
    if (spec.kind === 'batch') return this.add(this.layers.batchNormalization({ name, axis: 3, epsilon: spec.epsilon, momentum: spec.momentum }));
    return this.add(this.layers.instanceNormalization({ name, axis: spec.kind === 'row' ? 1 : 3, epsilon: spec.epsilon, affine: spec.affine }));
  }

  activation(name: string, activation: ActivationName): this {
    return activation === 'linear' ? this : this.add(this.layers.activation({ name, activation }));
  }

  leakyReLU(name: string, alpha: number): this {
    return this.add(this.layers.leakyReLU({ name, alpha }));
  }

  zeroPadding(name: string, size: number): this {
    return this.add(this.tf.layers.zeroPadding2d({ name, padding: [size, size] }));
  }

  /** Takes the first row and the first column away. */
  cropFirst(name: string): this {
    return this.add(this.tf.layers.cropping2D({ name, cropping: [[1, 0], [1, 0]] }));
  }

  reflectionPadding(name: string, size: number): this {
    return this.add(this.layers.reflectionPadding({ name, size }));
  }

  /** Adds what `write` writes to what was there before it: a residual block's shortcut. */
  residual(name: string, write: (network: this) => void): this {
    const shortcut = this.last;
    write(this);
    this.last = this.tf.layers.add({ name }).apply([this.last, shortcut]) as SymbolicTensor;
    return this;
  }

  model(name: string): LayersModel {
    return this.tf.model({ name, inputs: this.input, outputs: this.last });
  }

  private add(layer: { apply(input: SymbolicTensor): unknown }): this {
    this.last = layer.apply(this.last) as SymbolicTensor;
    return this;
  }
}
