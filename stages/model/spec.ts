/** What a config's `model` says, checked and complete. */

/** row: keras-contrib's InstanceNormalization(axis=1); channel: instance normalization (Ulyanov et al. 2016). */
export interface InstanceNormSpec {
  readonly kind: 'row' | 'channel';
  readonly epsilon: number;
  readonly affine: boolean;
}

/** Batch normalization, which always has a scale and an offset. */
export interface BatchNormSpec {
  readonly kind: 'batch';
  readonly epsilon: number;
  readonly momentum: number;
}

/** A normalization with everything decided. */
export type NormSpec = InstanceNormSpec | BatchNormSpec;
export type NormName = NormSpec['kind'];

export interface GeneratorSpec {
  readonly filters: number;
  readonly residual_blocks: number;
  readonly norm: NormSpec;
  readonly residual_norm: NormSpec;
  readonly padding: 'zero' | 'reflect';
  readonly strided_padding: 'same' | 'symmetric';
  readonly use_bias: boolean;
  readonly transposed_use_bias: boolean;
  readonly output: 'tanh' | 'linear';
}

export interface DiscriminatorSpec {
  readonly filters: number;
  readonly strides: readonly (1 | 2)[];
  readonly norm: NormSpec;
  readonly use_bias: boolean;
  readonly output: 'sigmoid' | 'linear';
}

export interface InitializerSpec {
  readonly init_type: 'glorot_uniform' | 'normal';
  readonly init_gain: number;
}

export interface ModelSpec extends InitializerSpec {
  readonly generator: GeneratorSpec;
  readonly discriminator: DiscriminatorSpec;
}

/** `[height, width, channels]` of the images, as the data has them. */
export type ImageShape = readonly [height: number, width: number, channels: number];
