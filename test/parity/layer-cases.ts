/** The layers of reference/layer_cases.py as our networks have them. */
import type { Tensor, Tensor4D, Tf } from '../../stages/engine/tf.ts';
import { ganLoss } from '../../stages/model/losses/gan-loss.ts';
import { meanAbsoluteError } from '../../stages/model/losses/mean-absolute-error.ts';
import type { ConvolutionSpec, NetworkWriter } from '../../stages/model/network-writer.ts';
import type { NormSpec } from '../../stages/model/spec.ts';
import { uniform } from './deterministic.ts';

export type Shape = readonly [number, number, number, number];

/** A network of one layer (with its padding), or a loss, which has no weights. */
export interface NetworkCase {
  readonly shape: Shape;
  readonly write: (network: NetworkWriter) => NetworkWriter;
  readonly inference?: boolean;
}
export interface LossCase {
  readonly shape: Shape;
  readonly loss: (tf: Tf, x: Tensor4D) => Tensor;
}
export type LayerCase = NetworkCase | LossCase;

const wide: Shape = [2, 8, 12, 3];
const square: Shape = [1, 8, 8, 4];

const conv = (filters: number, kernel: number, options: Partial<ConvolutionSpec> = {}, shape = wide): LayerCase =>
  ({ shape, write: (network) => network.convolution('conv', { filters, kernel, bias: true, ...options }) });
const transposed = (bias: boolean): LayerCase =>
  ({ shape: wide, write: (network) => network.transposedConvolution('conv', { filters: 5, kernel: 3, stride: 2, bias }) });
const discriminators = (stride: 1 | 2): LayerCase =>
  ({ shape: wide, write: (network) => network.zeroPadding('pad', 1).convolution('conv', { filters: 5, kernel: 4, stride, padding: 'valid', bias: true }) });
const reflected = (size: number): LayerCase =>
  ({ shape: wide, write: (network) => network.reflectionPadding('pad', size).convolution('conv', { filters: 4, kernel: 2 * size + 1, padding: 'valid', bias: true }) });
const padding = (size: number): LayerCase => ({ shape: wide, write: (network) => network.reflectionPadding('pad', size) });
const norm = (spec: NormSpec, shape = wide): LayerCase => ({ shape, write: (network) => network.norm('norm', spec) });
const activation = (name: 'relu' | 'tanh' | 'sigmoid'): LayerCase => ({ shape: wide, write: (network) => network.activation('activation', name) });

const row: NormSpec = { kind: 'row', epsilon: 1e-3, affine: true };
const channel: NormSpec = { kind: 'channel', epsilon: 1e-5, affine: false };
const batch: NormSpec = { kind: 'batch', epsilon: 1e-5, momentum: 0.9 };

export const layerCases: Readonly<Record<string, LayerCase>> = {
  'conv-7x7': conv(4, 7),
  'conv-3x3': conv(5, 3),
  'conv-3x3-stride-2': conv(5, 3, { stride: 2 }),
  'transposed-3x3-stride-2': transposed(false),
  'transposed-3x3-stride-2-bias': transposed(true),
  'zero-padding-conv-4x4-stride-2': discriminators(2),
  'zero-padding-conv-4x4-stride-1': discriminators(1),
  'reflection-padding-conv-7x7': reflected(3),
  'reflection-padding-conv-3x3': reflected(1),
  'reflection-padding-1': padding(1),
  'reflection-padding-3': padding(3),
  'row-norm': norm(row),
  'row-norm-one-image': norm(row, square),
  'row-norm-constant-row': norm(row, square),
  'channel-norm': norm(channel),
  'channel-norm-one-image': norm(channel, square),
  'channel-norm-affine': norm({ ...channel, affine: true }),
  'channel-norm-affine-one-image': norm({ ...channel, affine: true }, square),
  'batch-norm': norm(batch),
  'batch-norm-one-image': norm(batch, square),
  'batch-norm-inference': { shape: wide, write: (network) => network.norm('norm', batch), inference: true },
  'relu': activation('relu'),
  'leaky-relu': { shape: wide, write: (network) => network.leakyReLU('activation', 0.2) },
  'tanh': activation('tanh'),
  'sigmoid': activation('sigmoid'),
  'residual-add': { shape: wide, write: (network) => network.residual('add', () => void network.convolution('conv', { filters: 3, kernel: 3, bias: true })) },
  'mean-absolute-error': { shape: wide, loss: (tf, x) => meanAbsoluteError(tf, x, tf.tensor4d(uniform('target/mean-absolute-error', wide), [...wide])) },
  ...adversarialCases(),
};

/** Each adversarial loss: of the discriminator on real and on generated images, and of the generator. */
function adversarialCases(): Readonly<Record<string, LossCase>> {
  const kinds = ['real', 'generated', 'generator'] as const;
  const names = ['mse', 'vanilla', 'hinge', 'wgan-gp'] as const;
  return Object.fromEntries(names.flatMap((name) => kinds.map((kind) => [`${name}-${kind}`, { shape: wide, loss: (tf: Tf, x: Tensor4D) => ganLoss(tf, name)[kind](x) }])));
}

/** As the reference draws it: corners are met exactly (relu and |x − target| at 0), and one row is constant where that is the case. */
export function caseInput(name: string, [batchSize, height, width, channels]: Shape): Float32Array {
  const x = uniform(`input/${name}`, [batchSize, height, width, channels]);
  const target = uniform(`target/${name}`, [batchSize, height, width, channels]);
  const rowSize = width * channels;
  const setRows = (which: (h: number) => boolean, value: (index: number) => number) => {
    for (let index = 0; index < x.length; index++) if (which(Math.floor(index / rowSize) % height)) x[index] = value(index);
  };
  if (name === 'relu' || name === 'leaky-relu') setRows((h) => h % 3 === 0, () => 0);
  if (name === 'mean-absolute-error') setRows((h) => h % 3 === 0, (index) => target[index]!);
  const layer = layerCases[name]!;
  if ('loss' in layer && name !== 'mean-absolute-error') x.forEach((value, index) => (x[index] = 3 * value));
  if (name === 'row-norm-constant-row') setRows((h) => h === 2, () => 0.5);
  return x;
}
