/** Registers with tfjs's wasm backend what training a CycleGAN needs and it lacks or does slowly. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { filterGradient, inputGradient } from './conv2d-gradients.ts';
import { KernelScope } from './kernel-scope.ts';

type Inputs = Readonly<Record<string, TensorInfo>>;

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Replaces Conv2DBackpropInput and adds Conv2DBackpropFilter. Call once, with the wasm backend loaded. */
export function registerTrainingKernels(tf: Tf): void {
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel(conv2dBackpropInput(tf));
  tf.registerKernel(conv2dBackpropFilter(tf));
}

function conv2dBackpropInput(tf: Tf): KernelConfig {
  return {
    kernelName: 'Conv2DBackpropInput',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { dy, filter } = inputs as Inputs as { dy: TensorInfo; filter: TensorInfo };
      const { inputShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { inputShape: Shape };
      const scope = new KernelScope(tf, backend as BackendWasm);
      return scope.finish(inputGradient(scope, dy, filter, convolutionShape(tf, inputShape, filter.shape as Shape, attributes)));
    },
  };
}

function conv2dBackpropFilter(tf: Tf): KernelConfig {
  return {
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x, dy } = inputs as Inputs as { x: TensorInfo; dy: TensorInfo };
      const { filterShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { filterShape: Shape };
      const scope = new KernelScope(tf, backend as BackendWasm);
      return scope.finish(filterGradient(scope, x, dy, convolutionShape(tf, x.shape as Shape, filterShape, attributes)));
    },
  };
}

type Shape = [number, number, number, number];

function convolutionShape(tf: Tf, input: Shape, filter: Shape, { strides, pad, dataFormat, dimRoundingMode }: ConvolutionAttributes) {
  if (dataFormat === 'NCHW') throw new Error('on wasm, convolutions are in NHWC only');
  return tf.backend_util.computeConv2DInfo(input, filter, strides, 1, pad, dimRoundingMode);
}
