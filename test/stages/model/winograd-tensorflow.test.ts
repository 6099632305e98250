/** Winograd's convolutions against the direct ones, against float64, and captured against eager. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { capture, type Precision } from '../../../stages/engine/capture/index.ts';
import type { Tensor, Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { operationsFor, plainOperations, type Operations } from '../../../stages/model/operations/index.ts';
import { nativeCalls } from '../../../stages/model/operations/native-calls.ts';
import { takesWide, wideConvolution } from '../../../stages/model/operations/wide-convolution.ts';
import { winogradConvolution, winogradMatrices, type Convolution3x3 } from '../../../stages/model/operations/winograd.ts';
import { testEngine } from '../../helpers/test-engine.ts';

type Shape = [number, number, number, number];

const test = suite('Winograd convolution on tensorflow');

test('the matrices compute the convolution of one tile, for the tile alone and in both directions', () => {
  const { output, kernel, input } = winogradMatrices();
  const times = (matrix: readonly (readonly number[])[], values: readonly number[]) => matrix.map((row) => row.reduce((sum, factor, index) => sum + factor * values[index]!, 0));
  for (let seed = 1; seed <= 20; seed++) {
    const draw = (count: number) => Array.from({ length: count }, (_, index) => Math.sin(seed * 12.9898 + index * 78.233));
    const [values, taps] = [draw(6), draw(3)];
    const transformed = times(input, values).map((value, index) => value * times(kernel, taps)[index]!);
    times(output, transformed).forEach((value, place) => {
      const direct = taps.reduce((sum, tap, index) => sum + tap * values[place + index]!, 0);
      assert.ok(Math.abs(value - direct) < 1e-12, `${value}, directly ${direct}`);
    });
  }
});

// Threads within an operation may decide rounding: one, as in training.
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
const tf = await testEngine('tensorflow');
if (tf !== undefined) writeTests(tf);
test.run();

function writeTests(tf: Tf): void {
  const winograd = winogradConvolution(tf, nativeCalls(tf));
  const direct: Convolution3x3 = (x, kernel, padding) => tf.conv2d(x, kernel, 1, padding);

  test('values and both gradients are those of the direct form, in any size, batch and padding', () => {
    const shapes: readonly Shape[] = [[1, 8, 8, 4], [2, 7, 10, 3], [3, 5, 4, 6], [1, 3, 13, 2], [2, 17, 6, 1]];
    for (const shape of shapes) {
      for (const padding of ['same', 'valid'] as const) {
        const drawn = draw(tf, shape, 5, padding);
        const [own, expected] = [winograd, direct].map((convolve) => valueAndGradients(tf, convolve, drawn, padding));
        own!.forEach((values, index) => assert.ok(distance(values, expected![index]!) < 2e-6, `${shape.join('×')} ${padding}, ${index}: ${distance(values, expected![index]!)}`));
      }
    }
  });

  test('a convolution to few channels with pixels taken together is the direct one, values and gradients', () => {
    const wide = wideConvolution(tf, nativeCalls(tf));
    for (const [shape, size, padding] of [[[1, 16, 16, 16], 7, 'same'], [[2, 9, 14, 16], 7, 'valid'], [[1, 5, 8, 20], 5, 'same'], [[1, 6, 16, 16], 5, 'valid']] as [Shape, number, 'same' | 'valid'][]) {
      const drawn = draw(tf, shape, 3, padding, size);
      assert.ok(takesWide(drawn.x, drawn.kernel, padding));
      const [own, expected] = [wide, direct].map((convolve) => valueAndGradients(tf, convolve, drawn, padding));
      own!.forEach((values, index) => assert.ok(distance(values, expected![index]!) < 1e-6, `${shape.join('×')} ${padding}, ${index}: ${distance(values, expected![index]!)}`));
    }
  });

  test('a residual block\'s convolution is within 1.2e-6 of float64, as are its gradients', () => {
    const drawn = draw(tf, [1, 16, 16, 128], 128, 'same');
    const exact = inFloat64(drawn);
    valueAndGradients(tf, winograd, drawn, 'same').forEach((values, index) => assert.ok(distance(values, exact[index]!) < 1.2e-6, `${index}: ${distance(values, exact[index]!)}`));
  });

  test('the operations take it for large layers of stride 1 alone, and leave no tensors behind', () => {
    const { convolution } = operationsFor(tf);
    const bits = (work: () => Tensor) => tf.tidy(() => Buffer.from(work().dataSync().buffer).toString('base64'));
    const taken = ([batch, size, , channels]: Shape, filters: number, stride: number) => {
      const { x, kernel } = draw(tf, [batch, size, size, channels], filters, 'same');
      return bits(() => convolution(x, kernel, [stride, stride], 'same')) !== bits(() => tf.conv2d(x, kernel, stride, 'same'));
    };
    assert.equal([taken([1, 32, 32, 64], 64, 1), taken([1, 16, 16, 128], 128, 1)], [true, true]);
    assert.equal([taken([1, 8, 8, 64], 64, 1), taken([1, 32, 32, 64], 64, 2), taken([1, 64, 64, 32], 32, 1)], [false, false, false]);
    const drawn = draw(tf, [1, 16, 16, 128], 128, 'same');
    const round = () => valueAndGradients(tf, (x, kernel, padding) => convolution(x, kernel, [1, 1], padding), drawn, 'same');
    round();
    const before = tf.memory().numTensors;
    round();
    assert.is(tf.memory().numTensors, before);
  });

  test('captured it gives the eager bits; captured in bfloat16 the direct form runs', () => {
    const { x, kernel, dy } = draw(tf, [1, 16, 16, 128], 128, 'same');
    const step = ({ convolution }: Operations) => ({ x, kernel, dy }: Record<'x' | 'kernel' | 'dy', Tensor>) => tf.tidy(() => {
      const twice = (x: Tensor, kernel: Tensor) => convolution(convolution(x as Tensor4D, kernel as Tensor4D, [1, 1], 'same'), kernel as Tensor4D, [1, 1], 'same');
      const [dx, dKernel] = tf.grads(twice as (...args: Tensor[]) => Tensor)([x, kernel], dy) as [Tensor, Tensor];
      return { y: twice(x, kernel), dx, dKernel };
    });
    const captured = (operations: Operations, precision: Precision) => capturedBits(tf, { x, kernel, dy }, step(operations), precision);
    assert.equal(captured(operationsFor(tf), 'float32'), bitsOf(step(operationsFor(tf))({ x, kernel, dy })));
    assert.equal(captured(operationsFor(tf), 'bfloat16'), captured(plainOperations(tf), 'bfloat16'));
  });
}

interface Drawn {
  readonly x: Tensor4D;
  readonly kernel: Tensor4D;
  readonly dy: Tensor4D;
}

function draw(tf: Tf, shape: Shape, filters: number, padding: 'same' | 'valid', size = 3): Drawn {
  const [batch, height, width, channels] = shape;
  const less = padding === 'same' ? 0 : size - 1;
  return {
    x: tf.tidy(() => tf.relu(tf.randomNormal(shape, 0, 1, 'float32', 3))), kernel: tf.randomUniform([size, size, channels, filters], -0.05, 0.05, 'float32', 4),
    dy: tf.randomNormal([batch, height - less, width - less, filters], 0, 1, 'float32', 5),
  };
}

function valueAndGradients(tf: Tf, convolve: Convolution3x3, { x, kernel, dy }: Drawn, padding: 'same' | 'valid'): readonly ArrayLike<number>[] {
  return tf.tidy(() => {
    const gradients = tf.grads((x, kernel) => convolve(x as Tensor4D, kernel as Tensor4D, padding))([x, kernel], dy);
    return [convolve(x, kernel, padding), ...gradients].map((t) => t.dataSync());
  });
}

/** One image, padding `same`. */
function inFloat64({ x, kernel, dy }: Drawn): readonly Float64Array[] {
  const [, height, width, channels] = x.shape;
  const filters = kernel.shape[3];
  const [image, weights, slopes] = [x, kernel, dy].map((t) => Float64Array.from(t.dataSync())) as [Float64Array, Float64Array, Float64Array];
  const [y, dx, dKernel] = [slopes, image, weights].map(({ length }) => new Float64Array(length)) as [Float64Array, Float64Array, Float64Array];
  for (let out = 0; out < height * width; out++) {
    for (let tap = 0; tap < 9; tap++) {
      const [row, column] = [Math.floor(out / width) + Math.floor(tap / 3) - 1, out % width + tap % 3 - 1];
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      for (let channel = 0; channel < channels; channel++) {
        const from = (row * width + column) * channels + channel;
        for (let filter = 0; filter < filters; filter++) {
          const [weight, to] = [(tap * channels + channel) * filters + filter, out * filters + filter];
          y[to]! += image[from]! * weights[weight]!;
          dx[from]! += slopes[to]! * weights[weight]!;
          dKernel[weight]! += image[from]! * slopes[to]!;
        }
      }
    }
  }
  return [y, dx, dKernel];
}

/** The norm of the difference by the norm of what is expected. */
function distance(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, norm] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    difference += (values[index]! - expected[index]!) ** 2;
    norm += expected[index]! ** 2;
  }
  return Math.sqrt(difference / norm);
}

const bitsOf = (tensors: Readonly<Record<string, Tensor>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, Buffer.from(tensor.dataSync().slice().buffer).toString('base64')]));

function capturedBits(tf: Tf, inputs: Record<'x' | 'kernel' | 'dy', Tensor>, step: (inputs: Record<'x' | 'kernel' | 'dy', Tensor>) => Record<string, Tensor>, precision: Precision): Record<string, string> {
  const scratch = mkdtempSync(join(tmpdir(), 'winograd-'));
  try {
    const captured = capture(tf, { variables: new Map(), inputs, step, scratch, precision });
    if (!captured.ok) throw new Error(captured.failure.message);
    const bits = bitsOf(captured.value.run(inputs));
    captured.value.dispose();
    return bits;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
