/**
 * The patch discriminator (PatchGAN: Isola et al. 2017; Zhu et al. 2017, appendix 7.2): C64, C128, C256, C512, then one
 * value a patch, `[batch, height', width', 1]`; every convolution 4×4 after one pixel of zero padding.
 */
import type { LayersModel, Tf } from '../engine/tf.ts';
import { NetworkWriter } from './network-writer.ts';
import type { Operations } from './operations/index.ts';
import type { DiscriminatorSpec, ImageShape } from './spec.ts';

const kernel = 4;
const leak = 0.2;

export function discriminator(tf: Tf, name: string, spec: DiscriminatorSpec, image: ImageShape, operations?: Operations): LayersModel {
  const network = new NetworkWriter(tf, image, operations);
  spec.strides.forEach((stride, index) => C(network, spec, index, stride));
  output(network, spec);
  return network.model(name);
}

/** Convolution – norm (not in the first) – LeakyReLU. */
function C(network: NetworkWriter, spec: DiscriminatorSpec, index: number, stride: 1 | 2): void {
  const name = `C${index + 1}`;
  const first = index === 0;
  const filters = spec.filters * 2 ** Math.min(index, 3);
  network.zeroPadding(`${name}_padding`, 1).convolution(name, { filters, kernel, stride, padding: 'valid', bias: first || spec.use_bias });
  if (!first) network.norm(`${name}_norm`, spec.norm);
  network.leakyReLU(`${name}_leaky_relu`, leak);
}

function output(network: NetworkWriter, spec: DiscriminatorSpec): void {
  network.zeroPadding('output_padding', 1).convolution('output', { filters: 1, kernel, padding: 'valid', bias: true }).activation(`output_${spec.output}`, spec.output);
}

/** Height or width of the output for images that high or wide; below 1 where they are too small. */
export function patches(size: number, strides: readonly (1 | 2)[]): number {
  return [...strides, 1].reduce((length, stride) => Math.floor((length + 2 - kernel) / stride) + 1, size);
}

/** Pixels of the image that one output value sees: 94 for the chapter's strides, 70 for the paper's. */
export function receptiveField(strides: readonly (1 | 2)[]): number {
  return [...strides, 1].reduceRight((field, stride) => field * stride + kernel - stride, 1);
}
