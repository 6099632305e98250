// Our wasm convolution gradients against sums written out in float64, and every operation that training uses, on wasm.
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadEngine } from '../../../../stages/engine/index.ts';
import type { Tensor, Tensor4D, Tf } from '../../../../stages/engine/tf.ts';

const loaded = await loadEngine({ backend: 'wasm', version: '4.22.0', device: 'cpu' });
if (!loaded.ok) throw new Error(loaded.failure.message);
const tf: Tf = loaded.value.tf;

type Padding = 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];

interface Case {
  readonly input: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly strides: [number, number];
  readonly pad: Padding;
}

const describe = ({ input, filter, strides, pad }: Case) => `${input} * ${filter}, strides ${strides}, pad ${JSON.stringify(pad)}`;

function randomCases(count: number, seed: number): Case[] {
  const generator = xoroshiro128plus(seed);
  const upTo = (limit: number) => 1 + ((generator.next() >>> 0) % limit);
  return Array.from({ length: count }, () => {
    const filter: Case['filter'] = [upTo(5), upTo(5), upTo(4), upTo(4)];
    const input: Case['input'] = [upTo(3), filter[0] + upTo(8), filter[1] + upTo(8), filter[2]];
    const strides: Case['strides'] = [upTo(3), upTo(3)];
    const sides = (): [number, number] => [upTo(3) - 1, upTo(3) - 1];
    // tfjs-core computes a wrong width for a number as padding unless filter and strides are square.
    const number: Padding = filter[0] === filter[1] && strides[0] === strides[1] ? filter[0] - 1 : 'same';
    const pads: Padding[] = ['same', 'valid', number, [[0, 0], sides(), sides(), [0, 0]]];
    return { input, filter, strides, pad: pads[upTo(4) - 1]! };
  });
}

const chapter: Case[] = [
  { input: [1, 16, 16, 3], filter: [7, 7, 3, 8], strides: [1, 1], pad: 'same' },
  { input: [2, 16, 16, 8], filter: [3, 3, 8, 16], strides: [2, 2], pad: 'same' },
  { input: [1, 18, 18, 3], filter: [4, 4, 3, 8], strides: [2, 2], pad: 'valid' },
  { input: [1, 9, 9, 16], filter: [4, 4, 16, 1], strides: [1, 1], pad: 'valid' },
  { input: [2, 8, 8, 4], filter: [1, 1, 4, 5], strides: [3, 3], pad: 'same' },
];

function numbers(length: number, seed: number): Float32Array {
  const generator = xoroshiro128plus(seed);
  return Float32Array.from({ length }, () => generator.next() / 2 ** 31);
}

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** The definition: y[b,p,q,o] = Σ x[b, p·s+i−top, q·s+j−left, c]·w[i,j,c,o]; its two gradients for a given dy, in float64. */
function gradientsByDefinition(given: Case, x: Float32Array, w: Float32Array, dy: Float32Array) {
  const { input: [batch, height, width, channels], filter: [filterHeight, filterWidth, , outChannels], strides } = given;
  const { outHeight, outWidth, padInfo } = tf.backend_util.computeConv2DInfo(given.input, given.filter, strides, 1, given.pad);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  for (let b = 0; b < batch; b++) for (let p = 0; p < outHeight; p++) for (let q = 0; q < outWidth; q++)
    for (let i = 0; i < filterHeight; i++) for (let j = 0; j < filterWidth; j++) {
      const [row, column] = [p * strides[0] + i - padInfo.top, q * strides[1] + j - padInfo.left];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      for (let c = 0; c < channels; c++) for (let o = 0; o < outChannels; o++) {
        const xAt = ((b * height + row) * width + column) * channels + c;
        const wAt = ((i * filterWidth + j) * channels + c) * outChannels + o;
        const dyAt = ((b * outHeight + p) * outWidth + q) * outChannels + o;
        dx[xAt]! += w[wAt]! * dy[dyAt]!;
        dw[wAt]! += x[xAt]! * dy[dyAt]!;
      }
    }
  return { dx, dw, outShape: [batch, outHeight, outWidth, outChannels] as Case['input'] };
}

function worstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.is(actual.length, expected.length);
  let largest = 1;
  let worst = 0;
  for (let at = 0; at < expected.length; at++) {
    largest = Math.max(largest, Math.abs(expected[at]!));
    worst = Math.max(worst, Math.abs(actual[at]! - expected[at]!));
  }
  return worst / largest;
}

test('both gradients equal the definition to 1e-5, over many shapes, strides and paddings', () => {
  for (const [at, given] of [...chapter, ...randomCases(150, 3)].entries()) {
    const { outHeight, outWidth } = tf.backend_util.computeConv2DInfo(given.input, given.filter, given.strides, 1, given.pad);
    if (outHeight < 1 || outWidth < 1) continue;
    const x = numbers(size(given.input), at + 1);
    const w = numbers(size(given.filter), at + 1000);
    const outShape = [given.input[0], outHeight, outWidth, given.filter[3]] as Case['input'];
    const dy = numbers(size(outShape), at + 2000);
    const expected = gradientsByDefinition(given, x, w, dy);
    const [dx, dw] = tf.tidy(() => {
      const convolve = (input: Tensor, filter: Tensor) => tf.conv2d(input as Tensor4D, filter as Tensor4D, given.strides, given.pad);
      return tf.grads(convolve)([tf.tensor4d(x, given.input), tf.tensor4d(w, given.filter)], tf.tensor4d(dy, outShape)).map((gradient) => gradient.dataSync());
    }) as unknown as [Float32Array, Float32Array];
    assert.ok(worstDifference(dx, expected.dx) < 1e-5, `input gradient of ${describe(given)}`);
    assert.ok(worstDifference(dw, expected.dw) < 1e-5, `filter gradient of ${describe(given)}`);
  }
});

test('of a large batch every image counts, and the borders of none reach into another', () => {
  const whole = tf.tidy(() => {
    const x = tf.ones([6, 128, 128, 32]) as Tensor4D;
    const dy = tf.ones([6, 128, 128, 1]) as Tensor4D;
    return tf.grad((filter: Tensor) => tf.conv2d(x, filter as Tensor4D, 1, 'same'))(tf.zeros([7, 7, 32, 1]), dy).dataSync();
  });
  assert.is(whole[(3 * 7 + 3) * 32], 6 * 128 * 128);
  assert.is(whole[0], 6 * 125 * 125);
});

test('gradients leave no tensor and no memory behind', () => {
  const step = () => {
    tf.tidy(() => {
      const gradients = tf.grads((x: Tensor, w: Tensor) => tf.sum(tf.conv2d(x as Tensor4D, w as Tensor4D, 2, 'same')))([tf.ones([2, 9, 9, 3]), tf.ones([3, 3, 3, 4])]);
      return gradients.map((gradient) => gradient.dataSync());
    });
  };
  step();
  const before = { tensors: tf.memory().numTensors, buffers: tf.engine().backend.numDataIds() };
  for (let count = 0; count < 5; count++) step();
  assert.equal({ tensors: tf.memory().numTensors, buffers: tf.engine().backend.numDataIds() }, before);
});

test('training by these gradients, the heap stops growing', () => {
  const train = () => tf.tidy(() => {
    const convolve = (x: Tensor, w: Tensor) => tf.sum(tf.square(tf.conv2d(x as Tensor4D, w as Tensor4D, 1, 'same')));
    return tf.grads(convolve)([tf.ones([1, 32, 32, 16]), tf.ones([3, 3, 16, 16])]).map((gradient) => gradient.dataSync()[0]!) as unknown as Tensor[];
  });
  for (let count = 0; count < 20; count++) train();
  const heap = (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm;
  const before = heap.HEAPU8.length;
  for (let count = 0; count < 200; count++) train();
  assert.is(heap.HEAPU8.length, before);
});

test('the transposed convolution and both its gradients follow finite differences', () => {
  const x = numbers(2 * 4 * 4 * 3, 5);
  const w = numbers(3 * 3 * 2 * 3, 6);
  const loss = (input: Tensor, filter: Tensor) => tf.sum(tf.square(tf.conv2dTranspose(input as Tensor4D, filter as Tensor4D, [2, 8, 8, 2], 2, 'same')));
  const at = (values: Float32Array, filter: Float32Array) => tf.tidy(() => loss(tf.tensor4d(values, [2, 4, 4, 3]), tf.tensor4d(filter, [3, 3, 2, 3])).dataSync()[0]!);
  const gradients = tf.tidy(() => tf.grads(loss)([tf.tensor4d(x, [2, 4, 4, 3]), tf.tensor4d(w, [3, 3, 2, 3])]).map((gradient) => gradient.dataSync())) as unknown as Float32Array[];
  const step = 1 / 16; // The loss is quadratic: central differences are exact but for rounding.
  for (const [which, values] of [x, w].entries()) {
    for (let index = 0; index < values.length; index += 7) {
      const moved = (by: number) => Float32Array.from(values, (value, position) => (position === index ? value + by : value));
      const loss2 = (by: number) => (which === 0 ? at(moved(by), w) : at(x, moved(by)));
      const difference = (loss2(step) - loss2(-step)) / (2 * step);
      assert.ok(Math.abs(difference - gradients[which]![index]!) < 1e-3 * Math.max(1, Math.abs(difference)), `argument ${which}, number ${index}`);
    }
  }
});

test('every operation that training a CycleGAN uses runs on wasm, forward and backward', () => {
  const above = tf.tensor4d(Array.from({ length: 64 }, (_, at) => at % 3), [1, 4, 4, 4], 'bool');
  const operations: Record<string, (x: Tensor4D) => Tensor> = {
    tanh: tf.tanh, sigmoid: tf.sigmoid, relu: tf.relu, leakyRelu: (x) => tf.leakyRelu(x, 0.2), square: tf.square, abs: tf.abs, sign: tf.sign, step: tf.step,
    exp: tf.exp, neg: tf.neg, sqrt: (x) => tf.sqrt(tf.add(tf.square(x), 1)), rsqrt: (x) => tf.rsqrt(tf.add(tf.square(x), 1)), log: (x) => tf.log(tf.add(tf.square(x), 1)),
    mean: (x) => tf.mean(x, [1, 2], true), sum: (x) => tf.sum(x, [3]), variance: (x) => tf.moments(x, [2, 3], true).variance, max: (x) => tf.max(x, 3),
    addN: (x) => tf.addN([x, x]), sub: (x) => tf.sub(x, 1), mul: (x) => tf.mul(x, x), div: (x) => tf.div(x, tf.add(tf.abs(x), 1)), squaredDifference: (x) => tf.squaredDifference(x, tf.ones([4])),
    maximum: (x) => tf.maximum(x, 0), minimum: (x) => tf.minimum(x, 0), clip: (x) => tf.clipByValue(x, -0.5, 0.5), where: (x) => tf.where(above, x, tf.zerosLike(x)),
    pad: (x) => tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), mirrorPad: (x) => tf.mirrorPad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], 'reflect'),
    slice: (x) => tf.slice(x, [0, 1, 1, 0], [1, 2, 2, 4]), reverse: (x) => tf.reverse(x, [1]), concat: (x) => tf.concat([x, x], 3), transpose: (x) => tf.transpose(x, [0, 3, 1, 2]),
    reshape: (x) => tf.reshape(x, [4, 16]), split: (x) => tf.split(x, 2, 3)[0]!, stack: (x) => tf.stack([x, x]), tile: (x) => tf.tile(x, [2, 1, 1, 1]),
    matMul: (x) => tf.matMul(tf.reshape(x, [4, 16]), tf.reshape(x, [16, 4])), batchNorm: (x) => tf.batchNorm4d(x, [0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 1, 1], 1e-3),
    resize: (x) => tf.image.resizeBilinear(x, [2, 2]), upsample: (x) => tf.image.resizeNearestNeighbor(x, [8, 8]), cast: (x) => tf.cast(x, 'float32'), averagePool: (x) => tf.avgPool(x, 2, 2, 'same'),
  };
  for (const [name, operation] of Object.entries(operations)) {
    const gradient = tf.tidy(() => tf.grad((x: Tensor) => tf.sum(operation(x as Tensor4D)))(tf.tensor4d(numbers(64, 9), [1, 4, 4, 4])).dataSync());
    assert.is(gradient.length, 64, name);
    assert.ok(gradient.every((value) => Number.isFinite(value)), name);
  }
});

test.run();
