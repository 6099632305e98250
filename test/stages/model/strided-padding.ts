/**
 * Tests, on one engine, of where the zeros of strided convolutions lie: a generator's output and the gradients by its
 * weights and input, against direct sums in float64 by PyTorch's and TensorFlow's definitions.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor, Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { generator } from '../../../stages/model/generator.ts';
import { setInitialWeights } from '../../../stages/model/initial-weights.ts';
import { networkWeights } from '../../../stages/model/network-weights.ts';
import { resolveModel } from '../../../stages/model/schema.ts';
import { randomStream } from '../../../stages/random.ts';
import { testEngine } from '../../helpers/test-engine.ts';

/** `[height, width, channels]`, row-major, float64. */
interface Image {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly values: Float64Array;
}

type Kernel = Readonly<{ shape: readonly number[]; values: ArrayLike<number> }>;

const size = { height: 8, width: 12 };
const taps = [0, 1, 2];

export async function stridedPaddingTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`strided padding on ${backend}`);
  const tf = await testEngine(backend);
  for (const padding of tf === undefined ? [] : (['same', 'symmetric'] as const)) {
    test(`${padding}: the values and every gradient are those of the definition`, () => checkNetwork(tf!, padding));
  }
  test.run();
}

/** How many zeros before the first pixel a convolution of stride 2 sees: with 3 taps and an even size, TensorFlow's `same` has none. */
const zerosBefore = { same: 0, symmetric: 1 };

function checkNetwork(tf: Tf, padding: 'same' | 'symmetric'): void {
  const spec = resolveModel({ generator: { filters: 2, residual_blocks: 0, norm: { kind: 'channel', affine: false }, use_bias: false, output: 'linear', strided_padding: padding } });
  const model = generator(tf, 'g', spec.generator, [size.height, size.width, 2]);
  setInitialWeights(tf, model, spec, 7);
  const kernels = new Map([...networkWeights(model)].map(([name, variable]) => [name, { shape: variable.shape, values: Float64Array.from(variable.dataSync()) }]));
  const stream = randomStream(1, 'image');
  const image: Image = { shape: [size.height, size.width, 2], values: Float64Array.from({ length: size.height * size.width * 2 }, () => Math.fround(2 * stream.next() - 1)) };
  const expected = forward(image, kernels, zerosBefore[padding]);
  const x = tf.tensor4d([...image.values], [1, ...image.shape]);
  const found = model.apply(x, { training: true }) as Tensor4D;
  assert.equal(found.shape, [1, ...expected.shape]);
  assertClose(found.dataSync(), expected.values, 1e-4, 'output');
  checkGradients(tf, padding, image, kernels, (input) => model.apply(input, { training: true }) as Tensor4D, networkWeights(model), x);
  tf.dispose([x, found]);
  model.dispose();
}

/** The slope of Σ output² along one random direction for each weight and the input, by float64 differences of the definition. */
function checkGradients(
  tf: Tf, padding: 'same' | 'symmetric', image: Image, kernels: ReadonlyMap<string, Kernel>,
  apply: (x: Tensor4D) => Tensor4D, variables: ReturnType<typeof networkWeights>, x: Tensor4D,
): void {
  const objective = (input: Tensor) => tf.sum(tf.square(apply(input as Tensor4D)));
  const { grads } = tf.variableGrads(() => objective(x) as never, [...variables.values()]);
  const reference = (moved: Image, by: ReadonlyMap<string, Kernel>) => forward(moved, by, zerosBefore[padding]).values.reduce((sum, value) => sum + value * value, 0);
  for (const [name, kernel] of kernels) {
    if (!name.endsWith('/kernel')) continue;
    const { slope, direction } = slopeAlong(kernel.values, name, (values) => reference(image, new Map([...kernels, [name, { ...kernel, values }]])));
    assertSlope(dot(grads[variables.get(name)!.name]!.dataSync(), direction), slope, name);
  }
  const byInput = tf.grad(objective)(x);
  const { slope, direction } = slopeAlong(image.values, 'input', (values) => reference({ ...image, values }, kernels));
  assertSlope(dot(byInput.dataSync(), direction), slope, 'input');
  tf.dispose([grads, byInput]);
}

function slopeAlong(values: ArrayLike<number>, name: string, objective: (values: Float64Array) => number): { readonly slope: number; readonly direction: Float64Array } {
  const stream = randomStream(2, name);
  const direction = Float64Array.from({ length: values.length }, () => 2 * stream.next() - 1);
  const moved = (by: number) => objective(Float64Array.from(values, (value, index) => value + by * direction[index]!));
  return { slope: (moved(1e-6) - moved(-1e-6)) / 2e-6, direction };
}

/** The generator of no residual blocks, written out: convolutions, channel norms, ReLU. */
function forward(image: Image, kernels: ReadonlyMap<string, Kernel>, zeros: number): Image {
  const kernel = (name: string) => kernels.get(`g/${name}/kernel`)!;
  const active = (x: Image) => relu(normalize(x));
  const c7 = active(convolve(image, kernel('c7s1_2'), 1, 3));
  const d8 = active(convolve(active(convolve(c7, kernel('d4'), 2, zeros)), kernel('d8'), 2, zeros));
  const u2 = active(transposed(active(transposed(d8, kernel('u4'), zeros)), kernel('u2'), zeros));
  return convolve(u2, kernel('c7s1_2_output'), 1, 3);
}

/** out[i] = Σ x[stride·i + tap − zeros]·w[tap], as long as the input over the stride. Kernel `[height, width, in, out]`. */
function convolve(x: Image, { shape, values }: Kernel, stride: number, zeros: number): Image {
  const [length, , inputs, outputs] = shape as [number, number, number, number];
  return fill([x.shape[0] / stride, x.shape[1] / stride, outputs], (row, column, output) => {
    let sum = 0;
    for (let i = 0; i < length; i++) for (let j = 0; j < length; j++) for (let input = 0; input < inputs; input++) {
      sum += at(x, stride * row + i - zeros, stride * column + j - zeros, input) * values[((i * length + j) * inputs + input) * outputs + output]!;
    }
    return sum;
  });
}

/** PyTorch's ConvTranspose2d(3, stride 2): out[2·i + tap − zeros] += x[i]·w[tap], twice as long as the input. Kernel `[height, width, out, in]`. */
function transposed(x: Image, { shape, values }: Kernel, zeros: number): Image {
  const [, , outputs, inputs] = shape as [number, number, number, number];
  return fill([2 * x.shape[0], 2 * x.shape[1], outputs], (row, column, output) => {
    let sum = 0;
    for (const i of taps) for (const j of taps) for (let input = 0; input < inputs; input++) {
      const [y, z] = [(row + zeros - i) / 2, (column + zeros - j) / 2];
      if (Number.isInteger(y) && Number.isInteger(z)) sum += at(x, y, z, input) * values[((i * 3 + j) * outputs + output) * inputs + input]!;
    }
    return sum;
  });
}

function normalize(x: Image): Image {
  const [height, width, channels] = x.shape;
  const mean = (of: (value: number) => number, channel: number) => {
    let sum = 0;
    for (let pixel = 0; pixel < height * width; pixel++) sum += of(x.values[pixel * channels + channel]!);
    return sum / (height * width);
  };
  const statistics = Array.from({ length: channels }, (_, channel) => {
    const centre = mean((value) => value, channel);
    return [centre, Math.sqrt(mean((value) => (value - centre) ** 2, channel) + 1e-5)] as const;
  });
  return fill(x.shape, (row, column, channel) => (at(x, row, column, channel) - statistics[channel]![0]) / statistics[channel]![1]);
}

const relu = (x: Image): Image => ({ ...x, values: x.values.map((value) => Math.max(0, value)) });

function fill(shape: Image['shape'], value: (row: number, column: number, channel: number) => number): Image {
  const [height, width, channels] = shape;
  const values = new Float64Array(height * width * channels);
  for (let index = 0; index < values.length; index++) {
    values[index] = value(Math.floor(index / (width * channels)), Math.floor(index / channels) % width, index % channels);
  }
  return { shape, values };
}

/** 0 outside. */
function at({ shape: [height, width, channels], values }: Image, row: number, column: number, channel: number): number {
  return row < 0 || column < 0 || row >= height || column >= width ? 0 : values[(row * width + column) * channels + channel]!;
}

const dot = (a: ArrayLike<number>, b: Float64Array): number => b.reduce((sum, value, index) => sum + value * a[index]!, 0);

function assertSlope(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= 2e-3 * Math.max(0.1, Math.abs(expected)), `${what}: slope ${found}, by the definition ${expected}`);
}

function assertClose(values: ArrayLike<number>, expected: ArrayLike<number>, bound: number, what: string): void {
  assert.is(values.length, expected.length, what);
  const worst = Array.from(expected).reduce((most, value, index) => Math.max(most, Math.abs(values[index]! - value)), 0);
  assert.ok(worst <= bound, `${what}: ${worst}`);
}
