/**
 * The operations as TensorFlow's own fused kernels, called through the binding of tfjs-node: one native call where plain
 * tfjs makes five to twenty-five. They have no second derivative; what needs one takes `twice-differentiable.ts`.
 */
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../../engine/tf.ts';
import type { BatchStatistics, Operations } from './operations.ts';
import { nativeCalls, usesGpu, type NativeCalls } from './native-calls.ts';
import { convolutionPrecision } from '../../engine/capture/index.ts';
import { plainOperations } from './plain.ts';
import { takesWide, wideConvolution } from './wide-convolution.ts';
import { takesWinograd, winogradConvolution } from './winograd.ts';

const tiny = 1e-30;

type Normalization = (x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number) => Tensor4D;

export function tensorflowOperations(tf: Tf): Operations {
  const native = nativeCalls(tf);
  const elementwise = elementwiseKernels(native);
  const normalizeOneImage = batchNormalization(tf, native);
  const plain = plainOperations(tf);
  const normalizeChannels: Normalization = (x, gamma, beta, epsilon) =>
    // Of one image the fused batch normalization is exactly the instance normalization.
    x.shape[0] === 1 ? normalizeOneImage(x, gamma, beta, epsilon) : plain.normalizeChannels(x, gamma, beta, epsilon);
  return { ...elementwise, convolution: convolution(tf, native), normalizeRows: rowNormalization(tf, native), normalizeChannels, normalizeBatch: normalizeOneImage, padByReflection: reflection(tf, native) };
}

/**
 * The residual blocks' convolutions make most of a step: where it pays, they multiply less. Those to the image's channels
 * take wider vectors. A GPU's own library chooses its forms itself.
 */
function convolution(tf: Tf, native: NativeCalls): Operations['convolution'] {
  const byWinograd = winogradConvolution(tf, native);
  const wide = wideConvolution(tf, native);
  return (x, kernel, [vertical, horizontal], padding) => {
    const plain = vertical !== 1 || horizontal !== 1 || usesGpu(tf);
    if (!plain && takesWinograd(x, kernel) && convolutionPrecision(tf) === 'float32') return byWinograd(x, kernel, padding);
    if (!plain && takesWide(x, kernel, padding)) return wide(x, kernel, padding);
    return tf.conv2d(x, kernel, [vertical, horizontal], padding);
  };
}

/** Registered as tfjs kernels, so that the gradient of an input is only computed when it is asked for (a frozen bias costs nothing). */
function elementwiseKernels(native: NativeCalls): Pick<Operations, 'addBias' | 'relu' | 'leakyRelu' | 'tanh' | 'sigmoid'> {
  const { T, number, text } = native.attribute;
  const channelsLast = text('data_format', 'NHWC');
  native.register({
    name: 'BiasAdd', forward: ({ x, bias }) => native.one('BiasAdd', [T, channelsLast], [x!, bias!]),
    gradient: (dy) => ({ x: () => dy.clone(), bias: () => native.one('BiasAddGrad', [T, channelsLast], [dy]) }),
  });
  const fromOutput = (name: string, gradient: (dy: Tensor, y: Tensor, slope: number) => Tensor, forward = (x: Tensor, _slope: number) => native.one(name, [T], [x])) =>
    native.register({
      name, saveOutput: true, forward: ({ x }, attributes) => forward(x!, Number(attributes['slope'])),
      gradient: (dy, [y], attributes) => ({ x: () => gradient(dy, y!, Number(attributes['slope'])) }),
    });
  fromOutput('Relu', (dy, y) => native.one('ReluGrad', [T], [dy, y]));
  fromOutput('Tanh', (dy, y) => native.one('TanhGrad', [T], [y, dy]));
  fromOutput('Sigmoid', (dy, y) => native.one('SigmoidGrad', [T], [y, dy]));
  // The sign of the output is the input's, so the output serves the gradient too.
  fromOutput('LeakyRelu', (dy, y, slope) => native.one('LeakyReluGrad', [T, number('alpha', slope)], [dy, y]),
    (x, slope) => native.one('LeakyRelu', [T, number('alpha', slope)], [x]));
  return {
    addBias: (x, bias) => native.run('BiasAdd', { x, bias }),
    relu: (x) => native.run('Relu', { x }),
    tanh: (x) => native.run('Tanh', { x }),
    sigmoid: (x) => native.run('Sigmoid', { x }),
    leakyRelu: (x, slope) => native.run('LeakyRelu', { x }, { slope }),
  };
}

/** FusedBatchNormV3 over all but the channel. Its variance is the unbiased one; what is handed on is times (N − 1)/N. */
function batchNormalization(tf: Tf, native: NativeCalls) {
  const { T, number, text, flag, type } = native.attribute;
  const shared = [T, type('U', 'float32'), text('data_format', 'NHWC'), flag('is_training', true)];
  return (x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number, seen?: BatchStatistics): Tensor4D => {
    const attributes = [...shared, number('epsilon', epsilon)];
    const normalize = tf.customGrad((...args) => {
      const [input, scale, offset, save] = args as unknown as [Tensor4D, Tensor1D, Tensor1D, (saved: Tensor[]) => void];
      const nothing = native.constant([0], []);
      const [y, mean, variance, ...reserve] = native.many('FusedBatchNormV3', attributes, [input, scale, offset, nothing, nothing], 6) as [Tensor, Tensor1D, Tensor1D, ...Tensor[]];
      const count = input.size / input.shape[3];
      seen?.(mean, native.one('Mul', [T], [variance, native.scalar((count - 1) / count)]) as Tensor1D);
      save([input, scale, ...reserve]);
      return { value: y, gradFunc: (dy: Tensor, saved: Tensor[]) => native.many('FusedBatchNormGradV3', attributes, [dy, ...saved], 5).slice(0, 3) };
    });
    return normalize(x, gamma, beta) as Tensor4D;
  };
}

/** The formula of the plain form in as few native calls as it takes: no reshaping, all constants made once. */
function rowNormalization(tf: Tf, native: NativeCalls): Normalization {
  const { add, sub, mul, div, square, sqrt, meanOfRow, reshape } = native;
  const gradient = rowNormalizationGradient(native);
  return (x, gamma, beta, epsilon) => {
    const perRow = [x.shape[1], 1, 1];
    const normalize = tf.customGrad((...args) => {
      const [input, scale, offset, save] = args as unknown as [Tensor4D, Tensor1D, Tensor1D, (saved: Tensor[]) => void];
      const centred = sub(input, meanOfRow(input));
      const deviation = sqrt(meanOfRow(square(centred)));
      const denominator = add(deviation, native.scalar(epsilon));
      const factor = div(reshape(scale, perRow), denominator);
      save([centred, deviation, denominator, factor]);
      return {
        value: add(mul(centred, factor), reshape(offset, perRow)),
        // tfjs would keep what is made on the way until the last gradient of the network is there.
        gradFunc: (dy: Tensor, saved: Tensor[]) => tf.tidy(() => gradient(x.shape, dy, saved as [Tensor, Tensor, Tensor, Tensor])),
      };
    });
    return normalize(x, gamma, beta) as Tensor4D;
  };
}

/** By the images, γ and β. */
function rowNormalizationGradient({ scalar, sub, mul, div, maximum, sumOfRow, reshape, sum }: NativeCalls) {
  return ([batch, height, width, channels]: Tensor4D['shape'], dy: Tensor, [centred, deviation, denominator, factor]: readonly [Tensor, Tensor, Tensor, Tensor]): Tensor[] => {
    const count = scalar(width * channels);
    /** `[batch, height, 1, 1]` to `[height]`. */
    const perHeight = (t: Tensor) => reshape(batch === 1 ? t : sum(t, [0]), [height]);
    const total = sumOfRow(dy);
    const dot = div(sumOfRow(mul(dy, centred)), denominator);
    const throughDeviation = div(mul(factor, dot), mul(maximum(deviation, scalar(tiny)), count));
    const throughMean = mul(factor, div(total, count));
    const dx = sub(sub(mul(dy, factor), throughMean), mul(centred, throughDeviation));
    return [dx, perHeight(dot), perHeight(total)];
  };
}

function reflection(tf: Tf, native: NativeCalls): Operations['padByReflection'] {
  const { T, text, type } = native.attribute;
  const attributes = [T, type('Tpaddings', 'int32'), text('mode', 'REFLECT')];
  return (x, size) => {
    const paddings = native.constant([4, 2], [0, 0, size, size, size, size, 0, 0], 'int32');
    const pad = tf.customGrad((input) => ({
      value: native.one('MirrorPad', attributes, [input as Tensor, paddings]),
      gradFunc: (dy: Tensor) => native.one('MirrorPadGrad', attributes, [dy, paddings]),
    }));
    return pad(x) as Tensor4D;
  };
}
