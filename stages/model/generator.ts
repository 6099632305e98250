/**
 * The residual generator, `[batch, height, width, channels]` to the same shape: c7s1-k, d2k, d4k, R4k × blocks, u2k, uk,
 * c7s1-3 (Zhu et al. 2017, appendix 7.2). Layers are named as the paper writes them.
 */
import type { LayersModel, Tf } from '../engine/tf.ts';
import { NetworkWriter } from './network-writer.ts';
import type { Operations } from './operations/index.ts';
import type { GeneratorSpec, ImageShape } from './spec.ts';

export function generator(tf: Tf, name: string, spec: GeneratorSpec, image: ImageShape, operations?: Operations): LayersModel {
  const { filters: k, residual_blocks: blocks } = spec;
  const network = new NetworkWriter(tf, image, operations);
  c7s1(network, spec, k);
  d(network, spec, 2 * k);
  d(network, spec, 4 * k);
  for (let block = 1; block <= blocks; block++) R(network, spec, 4 * k, block);
  u(network, spec, 2 * k);
  u(network, spec, k);
  output(network, spec, image[2]);
  return network.model(name);
}

/** 7×7 convolution, stride 1 – norm – ReLU. */
function c7s1(network: NetworkWriter, spec: GeneratorSpec, filters: number): void {
  const name = `c7s1_${filters}`;
  padded(network, spec, name, { filters, kernel: 7, bias: spec.use_bias }).norm(`${name}_norm`, spec.norm).activation(`${name}_relu`, 'relu');
}

/** 3×3 convolution, stride 2 – norm – ReLU: half the height and width. */
function d(network: NetworkWriter, spec: GeneratorSpec, filters: number): void {
  const name = `d${filters}`;
  const convolution = { filters, kernel: 3, stride: 2, bias: spec.use_bias } as const;
  if (spec.strided_padding === 'same') network.convolution(name, convolution);
  else network.zeroPadding(`${name}_padding`, 1).convolution(name, { ...convolution, padding: 'valid' });
  network.norm(`${name}_norm`, spec.norm).activation(`${name}_relu`, 'relu');
}

/** Residual block: two 3×3 convolutions with norms, ReLU between them, plus the input. */
function R(network: NetworkWriter, spec: GeneratorSpec, filters: number, block: number): void {
  const name = `R${filters}_${block}`;
  const convolution = { filters, kernel: 3, bias: spec.use_bias };
  network.residual(`${name}_add`, () => {
    padded(network, spec, `${name}_a`, convolution).norm(`${name}_a_norm`, spec.residual_norm).activation(`${name}_relu`, 'relu');
    padded(network, spec, `${name}_b`, convolution).norm(`${name}_b_norm`, spec.residual_norm);
  });
}

/** 3×3 transposed convolution, stride 2 – norm – ReLU: twice the height and width. */
function u(network: NetworkWriter, spec: GeneratorSpec, filters: number): void {
  const name = `u${filters}`;
  const convolution = { filters, kernel: 3, stride: 2, bias: spec.transposed_use_bias } as const;
  if (spec.strided_padding === 'same') network.transposedConvolution(name, convolution);
  // Unpadded it is 2·size + 1 long; PyTorch's padding=1 cuts both ends, its output_padding=1 keeps the last.
  else network.transposedConvolution(name, { ...convolution, padding: 'valid' }).cropFirst(`${name}_crop`);
  network.norm(`${name}_norm`, spec.norm).activation(`${name}_relu`, 'relu');
}

/** 7×7 convolution to the image's channels, no norm – tanh. */
function output(network: NetworkWriter, spec: GeneratorSpec, channels: number): void {
  const name = `c7s1_${channels}_output`;
  padded(network, spec, name, { filters: channels, kernel: 7, bias: true }).activation(`${name}_${spec.output}`, spec.output);
}

function padded(network: NetworkWriter, spec: GeneratorSpec, name: string, convolution: { filters: number; kernel: number; bias: boolean }): NetworkWriter {
  if (spec.padding === 'zero') return network.convolution(name, convolution);
  return network.reflectionPadding(`${name}_padding`, (convolution.kernel - 1) / 2).convolution(name, { ...convolution, padding: 'valid' });
}
