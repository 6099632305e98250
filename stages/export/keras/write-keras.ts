/** A network as a `.keras` file: a zip of its layers (config.json) and their weights (HDF5), as Keras 3 saves it. */
import type { Layer, Network, Operation, Weights } from '../network.ts';
import { encodeWeights, type LayerWeights } from './weights-file.ts';

/** What the form was taken from; Keras reads what earlier versions wrote. */
const kerasVersion = '3.8.0';

export async function writeKeras(network: Network): Promise<Uint8Array> {
  const { strToU8, zipSync } = await import('fflate');
  const weights = await encodeWeights(network.layers.map(({ name, operation }): LayerWeights => ({ layer: name, kind: describe(operation).name, weights: weightsOf(operation) })));
  const written = { keras_version: kerasVersion, date_saved: '1980-01-01@00:00:00' };
  const files = { 'metadata.json': strToU8(JSON.stringify(written)), 'config.json': strToU8(JSON.stringify(configOf(network))), 'model.weights.h5': weights };
  // The same network is the same bytes: a zip has times in it.
  return zipSync(files, { level: 0, mtime: '1980-01-01T00:00:00' });
}

function configOf(network: Network): object {
  const { height, channels } = network.size;
  const shape = [null, network.fixedHeight ? height : null, null, channels];
  const input = { module: 'keras.layers', class_name: 'InputLayer', registered_name: null, name: network.input, inbound_nodes: [], config: { batch_shape: shape, dtype: 'float32', sparse: false, name: network.input } };
  return {
    module: 'keras.src.models.functional', class_name: 'Functional', registered_name: null,
    config: {
      name: network.name, trainable: true, layers: [input, ...network.layers.map(layerConfig)],
      input_layers: [[network.input, 0, 0]], output_layers: [[network.layers.at(-1)!.name, 0, 0]],
    },
  };
}

function layerConfig({ name, inputs, operation }: Layer): object {
  const { name: kind, config, own } = describe(operation);
  const tensors = inputs.map((input) => ({ class_name: '__keras_tensor__', config: { shape: [null, null, null, null], dtype: 'float32', keras_history: [input, 0, 0] } }));
  return {
    module: own ? null : 'keras.layers', class_name: kind, registered_name: own ? `giverny>${kind}` : null, name,
    config: { name, trainable: true, dtype: 'float32', ...config },
    // A merging layer is given its inputs as one list.
    inbound_nodes: [{ args: operation.kind === 'add' ? [tensors] : tensors, kwargs: {} }],
  };
}

interface Description {
  /** The class in Keras, or in giverny_layers.py. */
  readonly name: string;
  readonly own?: true;
  readonly config: object;
}

function describe(operation: Operation): Description {
  switch (operation.kind) {
    case 'convolution': case 'transposed-convolution': {
      const [height, width, first, second] = operation.kernel.shape;
      const transposed = operation.kind === 'transposed-convolution';
      return {
        name: transposed ? 'Conv2DTranspose' : 'Conv2D',
        config: { filters: transposed ? first : second, kernel_size: [height, width], strides: [operation.stride, operation.stride], padding: operation.padding, data_format: 'channels_last', use_bias: operation.bias !== undefined },
      };
    }
    case 'instance-normalization': return { name: 'InstanceNormalization', own: true, config: { axis: operation.of === 'rows' ? 1 : 3, epsilon: operation.epsilon, affine: operation.gamma !== undefined } };
    case 'batch-normalization': return { name: 'BatchNormalization', config: { axis: -1, momentum: operation.momentum, epsilon: operation.epsilon } };
    case 'reflection-padding': return { name: 'ReflectionPadding2D', own: true, config: { size: operation.size } };
    case 'zero-padding': return { name: 'ZeroPadding2D', config: { padding: [[operation.size, operation.size], [operation.size, operation.size]], data_format: 'channels_last' } };
    case 'crop-first': return { name: 'Cropping2D', config: { cropping: [[operation.size, 0], [operation.size, 0]], data_format: 'channels_last' } };
    case 'relu': case 'tanh': case 'sigmoid': return { name: 'Activation', config: { activation: operation.kind } };
    case 'leaky-relu': return { name: 'LeakyReLU', config: { negative_slope: operation.alpha } };
    case 'add': return { name: 'Add', config: {} };
  }
}

/** In the order in which Keras makes them. */
function weightsOf(operation: Operation): readonly Weights[] {
  switch (operation.kind) {
    case 'convolution': case 'transposed-convolution': return [operation.kernel, ...(operation.bias ? [operation.bias] : [])];
    case 'instance-normalization': return operation.gamma && operation.beta ? [operation.gamma, operation.beta] : [];
    case 'batch-normalization': return [operation.gamma, operation.beta, operation.mean, operation.variance];
    default: return [];
  }
}
