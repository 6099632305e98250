/** JSON Schema of a config's `model`, and how what it allows becomes a {@link ModelSpec}. */
import type { JsonSchema } from '../../pipeline/stage.ts';
import type { BatchNormSpec, InstanceNormSpec, ModelSpec, NormName, NormSpec } from './spec.ts';

/** Each normalization as its source has it; a config may change any of it. */
const normDefaults: { readonly [Kind in NormName]: NormSpec & { readonly kind: Kind } } = {
  row: { kind: 'row', epsilon: 1e-3, affine: true },
  channel: { kind: 'channel', epsilon: 1e-5, affine: false },
  batch: { kind: 'batch', epsilon: 1e-5, momentum: 0.9 },
};

const kind: JsonSchema = {
  description: 'row: each image row over width and channels (keras-contrib InstanceNormalization(axis=1), the chapter). channel: instance normalization (Ulyanov et al. 2016; the paper; norm instance in junyanz\'s code). batch: batch normalization (Ioffe and Szegedy 2015; norm batch in junyanz\'s code). row has a scale and an offset for each row, so its networks belong to one image height.',
};

const affine: JsonSchema = {
  type: 'boolean', description: 'Learn a scale (gamma) and an offset (beta). Default: true for row, false for channel (PyTorch InstanceNorm2d). Batch normalization always has them.',
};

const momentum: JsonSchema = {
  type: 'number', minimum: 0, maximum: 1, description: 'How much of the moving statistics each step keeps (0.9, the chapter).',
};

/** A normalization as a mapping: what can be changed depends on its kind. */
const normMapping = (name: NormName, epsilon: string, others: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object', additionalProperties: false, required: ['kind'],
  properties: { kind: { ...kind, const: name }, epsilon: { type: 'number', exclusiveMinimum: 0, description: `Added to the ${epsilon}.` }, ...others },
});

const norm = (where: string, initial: NormSpec): JsonSchema => ({
  description: `Normalization ${where}: a name, or a mapping to change its epsilon, affine or momentum.`,
  default: initial.kind,
  oneOf: [
    { ...kind, type: 'string', enum: ['row', 'channel', 'batch'] },
    normMapping('row', 'deviation (1e-3, keras-contrib)', { affine }),
    normMapping('channel', 'variance (1e-5)', { affine }),
    normMapping('batch', 'variance (1e-5)', { momentum }),
  ],
});

/** The chapter's. */
const modelDefaults: ModelSpec = {
  generator: {
    filters: 32, residual_blocks: 6, norm: normDefaults.row, residual_norm: normDefaults.batch,
    padding: 'zero', strided_padding: 'same', use_bias: true, transposed_use_bias: false, output: 'tanh',
  },
  discriminator: { filters: 64, strides: [2, 2, 2, 2], norm: normDefaults.row, use_bias: true, output: 'sigmoid' },
  init_type: 'glorot_uniform',
  init_gain: 0.02,
};
const { generator: g, discriminator: d } = modelDefaults;

/** Eight times the paper's. More is a slip of the finger: the networks would take tens of gigabytes before anything is trained. */
const mostFilters = 512;

const generator: JsonSchema = {
  type: 'object', additionalProperties: false, default: {},
  description: 'The residual generator: c7s1-k, d2k, d4k, residual blocks, u2k, uk, c7s1-3 (Zhu et al. 2017, appendix 7.2; after Johnson et al. 2016).',
  properties: {
    filters: { type: 'integer', minimum: 1, maximum: mostFilters, default: g.filters, description: 'Filters of the first convolution (ngf in junyanz\'s code; the paper has 32 in its text, 64 in its code).' },
    residual_blocks: { type: 'integer', minimum: 0, maximum: 64, default: g.residual_blocks, description: 'Residual blocks: the paper takes 6 for 128×128 images and 9 for 256×256 (netG resnet_6blocks, resnet_9blocks in junyanz\'s code).' },
    norm: norm('after the outer convolutions', g.norm),
    residual_norm: norm('in the residual blocks', g.residual_norm),
    padding: { type: 'string', enum: ['zero', 'reflect'], default: g.padding, description: 'Padding of the 7×7 convolutions and of the residual blocks. reflect: the paper (padding_type in junyanz\'s code).' },
    strided_padding: {
      type: 'string', enum: ['same', 'symmetric'], default: g.strided_padding,
      description: 'Where the zeros of the 3×3 convolutions of stride 2 lie, plain and transposed. same: below and to the right (TensorFlow, the chapter). symmetric: a pixel on every side (the paper: PyTorch\'s padding=1, and output_padding=1 of the transposed, in junyanz\'s code).',
    },
    use_bias: { type: 'boolean', default: g.use_bias, description: 'Biases of the convolutions that a normalization follows. With channel or batch norm they change nothing. (use_bias in junyanz\'s code.)' },
    transposed_use_bias: { type: 'boolean', default: g.transposed_use_bias, description: 'Biases of the transposed convolutions: true in the paper\'s code, false in the chapter.' },
    output: { type: 'string', enum: ['tanh', 'linear'], default: g.output, description: 'Activation of the last layer: tanh (the chapter and the paper) fits images in [-1, 1].' },
  },
};

const discriminator: JsonSchema = {
  type: 'object', additionalProperties: false, default: {},
  description: 'The patch discriminator: 4×4 convolutions, LeakyReLU 0.2, one value a patch (Isola et al. 2017; Zhu et al. 2017, appendix 7.2).',
  properties: {
    filters: { type: 'integer', minimum: 1, maximum: mostFilters, default: d.filters, description: 'Filters of the first convolution (ndf in junyanz\'s code: 64, as in the paper); doubled by each further one, up to eight times.' },
    strides: {
      type: 'array', minItems: 1, maxItems: 6, items: { type: 'integer', enum: [1, 2] }, default: d.strides,
      description: 'Stride of each convolution before the last. [2, 2, 2, 2]: the chapter, receptive field 94. [2, 2, 2, 1]: the paper\'s 70×70 PatchGAN (n_layers_D 3 in junyanz\'s code).',
    },
    norm: norm('after the inner convolutions', d.norm),
    use_bias: { type: 'boolean', default: d.use_bias, description: 'Biases of the convolutions that a normalization follows.' },
    output: { type: 'string', enum: ['sigmoid', 'linear'], default: d.output, description: 'Activation of the last layer: sigmoid (the chapter) or linear (the paper; every loss.gan but mse wants it).' },
  },
};

export const modelSchema: JsonSchema = {
  type: 'object', additionalProperties: false, default: {},
  description: 'The networks. The defaults are the chapter\'s.',
  properties: {
    generator,
    discriminator,
    init_type: { type: 'string', enum: ['glorot_uniform', 'normal'], default: modelDefaults.init_type, description: 'How kernels are drawn; biases and beta begin at 0, gamma at 1. glorot_uniform: Keras\'s default (Glorot and Bengio 2010). normal: the paper, N(0, init_gain) (init_type in junyanz\'s code).' },
    init_gain: { type: 'number', exclusiveMinimum: 0, default: modelDefaults.init_gain, description: 'Standard deviation of init_type normal (init_gain in junyanz\'s code).' },
  },
};

type NormParams = NormName | (Pick<NormSpec, 'kind'> & Partial<InstanceNormSpec | BatchNormSpec>);
type Unresolved<T> = { readonly [K in keyof T]?: T[K] extends NormSpec ? NormParams : T[K] };

/** What `model` may be: every key may be missing, a normalization may be its name. */
export interface ModelParams extends Partial<Pick<ModelSpec, 'init_type' | 'init_gain'>> {
  readonly generator?: Unresolved<ModelSpec['generator']>;
  readonly discriminator?: Unresolved<ModelSpec['discriminator']>;
}

/** What the schema accepted of a kind is what that kind has. */
const resolveNorm = (given: NormParams): NormSpec =>
  typeof given === 'string' ? normDefaults[given] : ({ ...normDefaults[given.kind], ...given } as NormSpec);

/** Completes what the schema accepted: defaults filled in, normalizations spelled out. Resolving its own result changes nothing. */
export function resolveModel({ generator = {}, discriminator = {}, ...initial }: ModelParams = {}): ModelSpec {
  return {
    ...modelDefaults,
    ...initial,
    generator: { ...g, ...generator, norm: resolveNorm(generator.norm ?? g.norm), residual_norm: resolveNorm(generator.residual_norm ?? g.residual_norm) },
    discriminator: { ...d, ...discriminator, norm: resolveNorm(discriminator.norm ?? d.norm) },
  };
}
