/** A network as a TensorFlow SavedModel: one graph with its weights in it, `images` → `translated`, `[batch, height, width, channels]` in [-1, 1]. */
import { encodeSavedModel } from '../engine/capture/graph-def.ts';
import { first, Graph, typeAttribute, type Attribute, type Attributes, type Value } from '../engine/capture/graph.ts';
import { dataType } from '../engine/capture/native.ts';
import type { Layer, Network, Operation, Weights } from './network.ts';

/** The oldest TensorFlow that has all operations in this form; it is only what the file says of itself. */
const writtenFor = '2.0.0';

export function writeSavedModel(network: Network): Uint8Array {
  const graph = new NetworkGraph();
  const { height, channels } = network.size;
  const shape = [-1, network.fixedHeight ? height : -1, -1, channels];
  const images = graph.placeholder('images', dataType.float32, shape);
  const values = new Map([[network.input, images]]);
  for (const layer of network.layers) values.set(layer.name, writeLayer(graph, layer, layer.inputs.map((input) => values.get(input)!)));
  const translated = values.get(network.layers.at(-1)!.name)!;
  const signature = { inputs: { images: { value: images, type: dataType.float32, shape } }, outputs: { translated: { value: translated, type: dataType.float32, shape } } };
  return encodeSavedModel(graph.nodes, writtenFor, signature);
}

const typed: Attributes = { T: typeAttribute(dataType.float32) };

/** The graph with what every layer needs of it. */
class NetworkGraph extends Graph {
  operation(operation: string, inputs: readonly Value[], attributes: Attributes = typed): Value {
    return first(this.add({ operation, inputs, attributes }));
  }

  floats(shape: readonly number[], values: Float32Array): Value {
    return this.constant({ type: dataType.float32, shape, bytes: new Uint8Array(values.slice().buffer) });
  }

  weights({ shape, values }: Weights): Value {
    return this.floats(shape, values);
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.constant({ type: dataType.int32, shape, bytes: new Uint8Array(Int32Array.from(values).buffer) });
  }

  /** Over `axes`, which stay with length one. */
  mean(input: Value, axes: readonly number[]): Value {
    return this.operation('Mean', [input, this.integers(axes)], { ...typed, Tidx: typeAttribute(dataType.int32), keep_dims: { kind: 'bool', value: true } });
  }
}

type Kind<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;

function writeLayer(graph: NetworkGraph, { operation }: Layer, inputs: readonly Value[]): Value {
  const [input] = inputs as [Value];
  switch (operation.kind) {
    case 'convolution': return withBias(graph, convolution(graph, operation, input), operation.bias);
    case 'transposed-convolution': return withBias(graph, transposedConvolution(graph, operation, input), operation.bias);
    case 'instance-normalization': return instanceNormalization(graph, operation, input);
    case 'batch-normalization': return batchNormalization(graph, operation, input);
    case 'reflection-padding': return graph.operation('MirrorPad', [input, around(graph, operation.size)], { ...typed, Tpaddings: typeAttribute(dataType.int32), mode: text('REFLECT') });
    case 'zero-padding': return graph.operation('Pad', [input, around(graph, operation.size)], { ...typed, Tpaddings: typeAttribute(dataType.int32) });
    case 'crop-first': return graph.operation('Slice', [input, graph.integers([0, operation.size, operation.size, 0]), graph.integers([-1, -1, -1, -1])], { ...typed, Index: typeAttribute(dataType.int32) });
    case 'relu': return graph.operation('Relu', [input]);
    case 'tanh': return graph.operation('Tanh', [input]);
    case 'sigmoid': return graph.operation('Sigmoid', [input]);
    case 'leaky-relu': return graph.operation('LeakyRelu', [input], { ...typed, alpha: { kind: 'float', value: operation.alpha } });
    case 'add': return graph.operation('AddV2', inputs);
  }
}

const text = (value: string): Attribute => ({ kind: 'string', value });

const around = (graph: NetworkGraph, size: number): Value => graph.integers([0, 0, size, size, size, size, 0, 0], [4, 2]);

const strides = (stride: number, padding: 'same' | 'valid'): Attributes => ({
  ...typed, strides: { kind: 'ints', value: [1, stride, stride, 1] }, padding: text(padding.toUpperCase()), data_format: text('NHWC'),
});

function convolution(graph: NetworkGraph, { kernel, stride, padding }: Kind<'convolution' | 'transposed-convolution'>, input: Value): Value {
  return graph.operation('Conv2D', [input, graph.weights(kernel)], strides(stride, padding));
}

/** The gradient of a convolution by its input, whose shape it must be told: `[batch, stride × height (+ kernel − stride), …, filters]`. */
function transposedConvolution(graph: NetworkGraph, { kernel, stride, padding }: Kind<'convolution' | 'transposed-convolution'>, input: Value): Value {
  const integers: Attributes = { T: typeAttribute(dataType.int32) };
  const [height, width, filters] = kernel.shape as [number, number, number];
  const more = padding === 'same' ? [0, 0] : [Math.max(0, height - stride), Math.max(0, width - stride)];
  const shape = graph.operation('Shape', [input], { ...typed, out_type: typeAttribute(dataType.int32) });
  const scaled = graph.operation('Mul', [shape, graph.integers([1, stride, stride, 0])], integers);
  const wanted = graph.operation('AddV2', [scaled, graph.integers([0, ...more, filters])], integers);
  return graph.operation('Conv2DBackpropInput', [wanted, graph.weights(kernel), input], strides(stride, padding));
}

const withBias = (graph: NetworkGraph, value: Value, bias: Weights | undefined): Value => (bias === undefined ? value : graph.operation('BiasAdd', [value, graph.weights(bias)]));

/** Of rows: over width and channels, epsilon beside the deviation. Of channels: over height and width, epsilon beside the variance. */
function instanceNormalization(graph: NetworkGraph, { of, epsilon, gamma, beta }: Kind<'instance-normalization'>, input: Value): Value {
  const axes = of === 'rows' ? [2, 3] : [1, 2];
  const centred = graph.operation('Sub', [input, graph.mean(input, axes)]);
  const variance = graph.mean(graph.operation('Mul', [centred, centred]), axes);
  const small = graph.floats([], Float32Array.of(epsilon));
  const deviation = of === 'rows' ? graph.operation('AddV2', [graph.operation('Sqrt', [variance]), small]) : graph.operation('Sqrt', [graph.operation('AddV2', [variance, small])]);
  const normalized = graph.operation('RealDiv', [centred, deviation]);
  if (gamma === undefined || beta === undefined) return normalized;
  const aligned = ({ shape, values }: Weights) => graph.floats(of === 'rows' ? [shape[0]!, 1, 1] : shape, values);
  return graph.operation('AddV2', [graph.operation('Mul', [normalized, aligned(gamma)]), aligned(beta)]);
}

function batchNormalization(graph: NetworkGraph, { epsilon, gamma, beta, mean, variance }: Kind<'batch-normalization'>, input: Value): Value {
  return graph.operation('FusedBatchNormV3', [input, ...[gamma, beta, mean, variance].map((each) => graph.weights(each))], {
    ...typed, U: typeAttribute(dataType.float32), epsilon: { kind: 'float', value: epsilon }, data_format: text('NHWC'), is_training: { kind: 'bool', value: false },
  });
}
