/** A trained network as plain data: what every format that it is exported to is written from. */
import type { SavedModelFiles } from '../model/saved-model.ts';

/** float32, in C order. */
export interface Weights {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Convolving {
  /** `[height, width, in, out]`; of a transposed convolution `[height, width, out, in]`. */
  readonly kernel: Weights;
  readonly bias?: Weights;
  readonly stride: number;
  /** As TensorFlow means it: `same` puts the odd pixel at the end. */
  readonly padding: 'same' | 'valid';
}

/** What a layer computes, images being `[batch, height, width, channels]`. */
export type Operation =
  | ({ readonly kind: 'convolution' | 'transposed-convolution' } & Convolving)
  /** See model/layers/instance-normalization.ts: of rows, epsilon is added to the deviation; of channels, to the variance. */
  | { readonly kind: 'instance-normalization'; readonly of: 'rows' | 'channels'; readonly epsilon: number; readonly gamma?: Weights; readonly beta?: Weights }
  | { readonly kind: 'batch-normalization'; readonly epsilon: number; readonly momentum: number; readonly gamma: Weights; readonly beta: Weights; readonly mean: Weights; readonly variance: Weights }
  | { readonly kind: 'reflection-padding' | 'zero-padding' | 'crop-first'; readonly size: number }
  | { readonly kind: 'relu' | 'tanh' | 'sigmoid' }
  | { readonly kind: 'leaky-relu'; readonly alpha: number }
  | { readonly kind: 'add' };

export interface Layer {
  readonly name: string;
  /** Names of the layers it reads; the first reads {@link Network.input}. */
  readonly inputs: readonly string[];
  readonly operation: Operation;
}

export interface Network {
  readonly name: string;
  readonly input: string;
  /** Of the images it was trained on. */
  readonly size: { readonly height: number; readonly width: number; readonly channels: number };
  /** Row normalization has weights a row: then only this height. */
  readonly fixedHeight: boolean;
  /** Each after those it reads; the last is the output. */
  readonly layers: readonly Layer[];
}

interface SavedLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: readonly (readonly (readonly [name: string, ...rest: unknown[]])[])[];
}

type WeightsOf = (name: string) => Weights;

/** Of the layers that our generators have; another is a bug, since we wrote the file. */
export function readNetwork(files: SavedModelFiles): Network {
  const saved = JSON.parse(files.modelJson) as {
    modelTopology: { config: { name: string; layers: SavedLayer[] } };
    weightsManifest: readonly { weights: readonly { name: string; shape: number[] }[] }[];
  };
  const weights = readWeights(saved.weightsManifest.flatMap((group) => group.weights), files.weights);
  const { name, layers: [input, ...layers] } = saved.modelTopology.config;
  const [, height, width, channels] = input!.config['batch_input_shape'] as number[];
  return {
    name, input: input!.name, size: { height: height!, width: width!, channels: channels! },
    fixedHeight: layers.some(({ class_name, config }) => class_name === 'InstanceNormalization' && config['axis'] === 1),
    layers: layers.map((layer) => ({
      name: layer.name,
      inputs: layer.inbound_nodes[0]!.map(([from]) => from),
      operation: operationOf(layer, (weight) => weights(`${layer.name}/${weight}`)),
    })),
  };
}

function readWeights(specs: readonly { readonly name: string; readonly shape: readonly number[] }[], bytes: Uint8Array): WeightsOf {
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  const known = new Map<string, Weights>();
  let at = 0;
  for (const { name, shape } of specs) {
    const size = shape.reduce((product, side) => product * side, 1);
    known.set(name, { shape, values: values.subarray(at, at + size) });
    at += size;
  }
  return (name) => {
    const found = known.get(name);
    if (found === undefined) throw new Error(`the network has no weights ${name}`);
    return found;
  };
}

function operationOf({ class_name, config }: SavedLayer, weights: WeightsOf): Operation {
  switch (class_name) {
    case 'Conv2D': return { kind: 'convolution', ...convolving(config, weights) };
    case 'Conv2DTranspose': return { kind: 'transposed-convolution', ...convolving(config, weights) };
    case 'InstanceNormalization': return {
      kind: 'instance-normalization', of: config['axis'] === 1 ? 'rows' : 'channels', epsilon: config['epsilon'] as number,
      ...(config['affine'] === true && { gamma: weights('gamma'), beta: weights('beta') }),
    };
    case 'BatchNormalization': return {
      kind: 'batch-normalization', epsilon: config['epsilon'] as number, momentum: config['momentum'] as number,
      gamma: weights('gamma'), beta: weights('beta'), mean: weights('moving_mean'), variance: weights('moving_variance'),
    };
    case 'ReflectionPadding2D': return { kind: 'reflection-padding', size: config['size'] as number };
    case 'ZeroPadding2D': return { kind: 'zero-padding', size: (config['padding'] as number[][])[0]![0]! };
    case 'Cropping2D': return { kind: 'crop-first', size: (config['cropping'] as number[][])[0]![0]! };
    case 'Activation': return { kind: config['activation'] as 'relu' | 'tanh' | 'sigmoid' };
    case 'LeakyReLU': return { kind: 'leaky-relu', alpha: config['alpha'] as number };
    case 'Add': return { kind: 'add' };
    default: throw new Error(`no format knows the layer ${class_name}`);
  }
}

function convolving(config: SavedLayer['config'], weights: WeightsOf): Convolving {
  return {
    kernel: weights('kernel'), ...(config['use_bias'] === true && { bias: weights('bias') }),
    stride: (config['strides'] as number[])[0]!, padding: config['padding'] as 'same' | 'valid',
  };
}
