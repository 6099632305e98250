/**
 * The patch discriminator (PatchGAN: Isola et al. 2017; Zhu et al. 2017, appendix 7.2): C64, C128, C256, C512, then one
 * value a patch, `[batch, height', width', 1]`; every convolution 4×4 after one pixel of zero padding.
 */
import type { LayersModel, Tf } from '../engine/tf.ts';
import { patchKernel as kernel } from './image-size.ts';
import { NetworkWriter } from './network-writer.ts';
import type { Operations } from './operations/index.ts';
import type { DiscriminatorSpec, ImageShape } from './spec.ts';

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
