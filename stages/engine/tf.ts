/**
 * What code in stages/ sees of tfjs: one object with everything of tfjs-core and tfjs-layers, handed in as a parameter
 * (`tf: Tf`). Only this folder loads tfjs; types are imported from here.
 */
import type * as core from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';

/** tfjs-core and tfjs-layers as one namespace, both of the same instance: `tf.matMul`, `tf.layers.conv2d`, `tf.model`. */
export type Tf = typeof core & typeof layers;

/** What a process will do with its engine: threads are set to suit it. In `training`, and where evaluate measures, results are the same bits on any number of them. */
export type EngineUse = 'inference' | 'training';

export type {
  DataType, GradSaveFunc, NamedTensorMap, Optimizer, Rank, Scalar, ShapeMap, Tensor, Tensor1D, Tensor2D,
  Tensor3D, Tensor4D, TensorContainer, TensorLike, TypedArray, Variable, serialization, io,
} from '@tensorflow/tfjs-core';
export type { LayersModel, Sequential, SymbolicTensor, layers } from '@tensorflow/tfjs-layers';
