/**
 * The layers that a network is written with, made for one `tf` namespace. Convolution, batch normalization and the
 * activations are the standard tf.layers classes with another `call`, so a saved network names the standard classes and
 * any reader of tfjs models computes the same; instance normalization and reflection padding are our own and registered.
 */
import type { Tf, layers, serialization } from '../../engine/tf.ts';
import { operationsFor, type Operations } from '../operations/index.ts';
import { activationLayers } from './activation.ts';
import { batchNormalizationLayer } from './batch-normalization.ts';
import { convolutionLayer } from './convolution.ts';
import { instanceNormalizationLayer } from './instance-normalization.ts';
import { reflectionPaddingLayer } from './reflection-padding.ts';

export type LayerClass<L extends layers.Layer = layers.Layer> = (new (config: serialization.ConfigDict) => L) & { className: string };

/** A standard tf.layers class by its Keras name. tf.layers exports functions that make layers, not their classes. */
export function standardClass<L extends layers.Layer = layers.Layer>(tf: Tf, className: string): LayerClass<L> {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (entry === undefined) throw new Error(`tf.layers has no class ${className}`);
  return entry[0] as unknown as LayerClass<L>;
}

export type LayerSet = ReturnType<typeof makeLayerSet>;

const known = new WeakMap<Operations, LayerSet>();

/** The layers on the given form of the operations (default: the fastest the engine has). */
export function layerSet(tf: Tf, operations: Operations = operationsFor(tf)): LayerSet {
  let set = known.get(operations);
  if (set === undefined) known.set(operations, (set = makeLayerSet(tf, operations)));
  return set;
}

function makeLayerSet(tf: Tf, operations: Operations) {
  const Convolution = convolutionLayer(tf, operations);
  const BatchNormalization = batchNormalizationLayer(tf, operations);
  const { Activation, LeakyReLU } = activationLayers(tf, operations);
  const InstanceNormalization = instanceNormalizationLayer(tf, operations);
  const ReflectionPadding = reflectionPaddingLayer(tf, operations);
  return {
    convolution: (config: serialization.ConfigDict) => new Convolution(config),
    batchNormalization: (config: serialization.ConfigDict) => new BatchNormalization(config),
    activation: (config: serialization.ConfigDict) => new Activation(config),
    leakyReLU: (config: serialization.ConfigDict) => new LeakyReLU(config),
    instanceNormalization: (config: serialization.ConfigDict) => new InstanceNormalization(config),
    reflectionPadding: (config: serialization.ConfigDict) => new ReflectionPadding(config),
    /** What `tf.loadLayersModel` must know by name. */
    own: [InstanceNormalization, ReflectionPadding],
  };
}
