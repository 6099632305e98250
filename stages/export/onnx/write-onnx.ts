/** A network as ONNX: images in and out are `[batch, height, width, channels]` in [-1, 1], as in Giverny; within, channels come first. */
import type { Layer, Network, Operation, Weights } from '../network.ts';
import { encodeOnnx, type OnnxAttribute, type OnnxNode, type OnnxTensor } from './model-proto.ts';

export interface OnnxOptions {
  readonly producer: string;
  readonly description: string;
}

export function writeOnnx(network: Network, { producer, description }: OnnxOptions): Uint8Array {
  const graph = new OnnxGraph();
  const names = new Map([[network.input, graph.add('Transpose', ['images'], { perm: [0, 3, 1, 2] })]]);
  for (const layer of network.layers) names.set(layer.name, writeLayer(graph, layer, layer.inputs.map((input) => names.get(input)!)));
  graph.add('Transpose', [names.get(network.layers.at(-1)!.name)!], { perm: [0, 2, 3, 1] }, 'translated');
  const { height, channels } = network.size;
  const shape = ['batch', network.fixedHeight ? height : 'height', 'width', channels];
  return encodeOnnx({ name: network.name, description, producer, nodes: graph.nodes, constants: graph.constants, input: { name: 'images', shape }, output: { name: 'translated', shape } });
}

class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];

  /** Returns the output's name. */
  add(operation: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}, output = `${operation}_${this.nodes.length}`): string {
    this.nodes.push({ operation, inputs, output, attributes });
    return output;
  }

  floats(shape: readonly number[], values: Float32Array): string {
    return this.#constant(shape, values);
  }

  integers(values: readonly number[]): string {
    return this.#constant([values.length], BigInt64Array.from(values, BigInt));
  }

  #constant(shape: readonly number[], values: OnnxTensor['values']): string {
    const name = `constant_${this.constants.length}`;
    this.constants.push({ name, shape, values });
    return name;
  }
}

type Kind<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;

function writeLayer(graph: OnnxGraph, { operation }: Layer, inputs: readonly string[]): string {
  const [input] = inputs as [string];
  switch (operation.kind) {
    case 'convolution': case 'transposed-convolution': return convolution(graph, operation, input);
    case 'instance-normalization': return operation.of === 'rows' ? rows(graph, operation, input) : channels(graph, operation, input);
    case 'batch-normalization': {
      const { gamma, beta, mean, variance, epsilon } = operation;
      return graph.add('BatchNormalization', [input, ...[gamma, beta, mean, variance].map(({ shape, values }) => graph.floats(shape, values))], { epsilon: { float: epsilon } });
    }
    case 'reflection-padding': return graph.add('Pad', [input, padding(graph, operation.size)], { mode: 'reflect' });
    case 'zero-padding': return graph.add('Pad', [input, padding(graph, operation.size)], { mode: 'constant' });
    case 'crop-first': return graph.add('Slice', [input, graph.integers([operation.size, operation.size]), graph.integers([2 ** 31, 2 ** 31]), graph.integers([2, 3])]);
    case 'relu': return graph.add('Relu', [input]);
    case 'tanh': return graph.add('Tanh', [input]);
    case 'sigmoid': return graph.add('Sigmoid', [input]);
    case 'leaky-relu': return graph.add('LeakyRelu', [input], { alpha: { float: operation.alpha } });
    case 'add': return graph.add('Add', inputs);
  }
}

const padding = (graph: OnnxGraph, size: number): string => graph.integers([0, 0, size, size, 0, 0, size, size]);

function convolution(graph: OnnxGraph, { kind, kernel, bias, stride, padding: how }: Kind<'convolution' | 'transposed-convolution'>, input: string): string {
  // [height, width, a, b] → [b, a, height, width]: out before in, and for a transposed convolution, whose kernel has them the other way round, in before out.
  const inputs = [input, graph.floats([kernel.shape[3]!, kernel.shape[2]!, kernel.shape[0]!, kernel.shape[1]!], channelsFirst(kernel)), ...(bias ? [graph.floats(bias.shape, bias.values)] : [])];
  if (kind === 'convolution') return graph.add('Conv', inputs, { strides: [stride, stride], auto_pad: how === 'same' ? 'SAME_UPPER' : 'VALID' });
  const cut = (side: number) => (how === 'same' ? Math.max(0, kernel.shape[side]! - stride) : 0);
  const begin = [0, 1].map((side) => Math.floor(cut(side) / 2));
  return graph.add('ConvTranspose', inputs, { strides: [stride, stride], pads: [...begin, ...[0, 1].map((side) => cut(side) - begin[side]!)] });
}

function channelsFirst({ shape: [height, width, a, b], values }: Weights): Float32Array {
  const turned = new Float32Array(values.length);
  let from = 0;
  for (let y = 0; y < height!; y++) for (let x = 0; x < width!; x++) for (let i = 0; i < a!; i++) for (let j = 0; j < b!; j++) turned[((j * a! + i) * height! + y) * width! + x] = values[from++]!;
  return turned;
}

/** y = gamma · (x − mean) / (deviation + epsilon) + beta over each row's width and channels. */
function rows(graph: OnnxGraph, { epsilon, gamma, beta }: Kind<'instance-normalization'>, input: string): string {
  const mean = graph.add('ReduceMean', [input], { axes: [1, 3], keepdims: 1 });
  const centred = graph.add('Sub', [input, mean]);
  const variance = graph.add('ReduceMean', [graph.add('Mul', [centred, centred])], { axes: [1, 3], keepdims: 1 });
  const deviation = graph.add('Add', [graph.add('Sqrt', [variance]), graph.floats([1], Float32Array.of(epsilon))]);
  const normalized = graph.add('Div', [centred, deviation]);
  if (gamma === undefined || beta === undefined) return normalized;
  const perRow = ({ shape, values }: Weights) => graph.floats([1, 1, shape[0]!, 1], values);
  return graph.add('Add', [graph.add('Mul', [normalized, perRow(gamma)]), perRow(beta)]);
}

/** ONNX wants a scale and an offset; how many channels there are, the affine form says. */
function channels(graph: OnnxGraph, { epsilon, gamma, beta }: Kind<'instance-normalization'>, input: string): string {
  if (gamma !== undefined && beta !== undefined) return graph.add('InstanceNormalization', [input, graph.floats(gamma.shape, gamma.values), graph.floats(beta.shape, beta.values)], { epsilon: { float: epsilon } });
  const mean = graph.add('ReduceMean', [input], { axes: [2, 3], keepdims: 1 });
  const centred = graph.add('Sub', [input, mean]);
  const variance = graph.add('ReduceMean', [graph.add('Mul', [centred, centred])], { axes: [2, 3], keepdims: 1 });
  return graph.add('Div', [centred, graph.add('Sqrt', [graph.add('Add', [variance, graph.floats([1], Float32Array.of(epsilon))])])]);
}
