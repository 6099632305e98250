/** Tests of the operations on one engine: both forms against each other, and the gradients against finite differences. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { operationsFor, plainOperations, type Operations } from '../../../stages/model/operations/index.ts';
import { testEngine } from '../../helpers/test-engine.ts';

type Shape = [number, number, number, number];
type Forward = (operations: Operations, x: Tensor4D, gamma: Tensor1D, beta: Tensor1D) => Tensor4D;

const ignored = () => undefined;

interface Case {
  readonly name: string;
  readonly run: Forward;
  /** Which axis of the shape gamma and beta have. */
  readonly axis: 1 | 3;
}

const cases: readonly Case[] = [
  { name: 'addBias', axis: 3, run: (o, x, _gamma, beta) => o.addBias(x, beta) },
  { name: 'relu', axis: 3, run: (o, x) => o.relu(x) },
  { name: 'leakyRelu', axis: 3, run: (o, x) => o.leakyRelu(x, 0.2) },
  { name: 'tanh', axis: 3, run: (o, x) => o.tanh(x) },
  { name: 'sigmoid', axis: 3, run: (o, x) => o.sigmoid(x) },
  { name: 'normalizeRows', axis: 1, run: (o, x, gamma, beta) => o.normalizeRows(x, gamma, beta, 1e-3) },
  { name: 'normalizeChannels', axis: 3, run: (o, x, gamma, beta) => o.normalizeChannels(x, gamma, beta, 1e-5) },
  { name: 'normalizeBatch', axis: 3, run: (o, x, gamma, beta) => o.normalizeBatch(x, gamma, beta, 1e-5, ignored) },
  { name: 'padByReflection', axis: 3, run: (o, x) => o.padByReflection(x, 3) },
];

const shapes: readonly Shape[] = [[1, 4, 4, 3], [1, 6, 4, 2], [2, 4, 8, 3], [3, 5, 7, 4]];

export async function operationsTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`operations on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) writeTests(test, tf);
  test.run();
}

function writeTests(test: ReturnType<typeof suite>, tf: Tf): void {
  for (const { name, run, axis } of cases) {
    test(`${name}: values and gradients by finite differences, and the plain form equal`, () => {
      shapes.forEach((shape, seed) => {
        const args = draw(tf, shape, axis, seed + 1);
        const [own, plain] = [operationsFor(tf), plainOperations(tf)].map((operations) => valueAndGradients(tf, operations, run, args));
        own!.forEach((values, index) => assertClose(values, plain![index]!, 2e-4, `${name} ${shape.join('×')}, own form, ${index}`));
        assertSlope(tf, run, args, own!);
      });
    });
  }

  test('row normalization of [1, 3] is ±0.999000999 (chapter.md)', () => {
    const y = operationsFor(tf).normalizeRows(tf.tensor4d([1, 3], [1, 1, 2, 1]), tf.tensor1d([1]), tf.tensor1d([0]), 1e-3);
    assertClose([...y.dataSync()], [-0.999000999, 0.999000999], 1e-6, 'row');
  });

  test('a constant row: finite, and the true derivative γ/ε·(dy − mean dy)', () => {
    for (const operations of [operationsFor(tf), plainOperations(tf)]) {
      const gradient = tf.grad((x) => tf.sum(tf.mul(operations.normalizeRows(x as Tensor4D, tf.tensor1d([2]), tf.tensor1d([5]), 1e-3), tf.tensor4d([1, 0, 0, 3], [1, 1, 2, 2]))));
      assertClose([...gradient(tf.fill([1, 1, 2, 2], 0.5)).dataSync()], [0, -2000, -2000, 4000], 1e-5, 'constant row');
      assertClose([...gradient(tf.zeros([1, 1, 2, 2])).dataSync()], [0, -2000, -2000, 4000], 1e-5, 'row of zeros');
    }
  });

  test('batch normalization hands on the mean and the biased variance', () => {
    for (const operations of [operationsFor(tf), plainOperations(tf)]) {
      const seen: number[] = [];
      const x = tf.tensor4d([1, 10, 2, 10, 3, 10, 6, 10], [2, 1, 2, 2]);
      operations.normalizeBatch(x, tf.tensor1d([1, 1]), tf.tensor1d([0, 0]), 1e-5, (mean, variance) => seen.push(...mean.dataSync(), ...variance.dataSync()));
      assertClose(seen, [3, 10, 3.5, 0], 1e-6, 'statistics');
    }
  });

  test('no operation leaves tensors behind', () => {
    const [first, args] = [shapes[2]!, draw(tf, shapes[2]!, 3, 9)];
    const rows = draw(tf, first, 1, 9);
    const round = () => cases.forEach(({ run, axis }) => valueAndGradients(tf, operationsFor(tf), run, axis === 1 ? rows : args));
    round();
    const before = tf.memory().numTensors;
    round();
    assert.is(tf.memory().numTensors, before);
  });
}

type Arguments = readonly [x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, weights: Tensor];

/** The last is what the output is multiplied with, so that the gradient differs at every place. */
function draw(tf: Tf, shape: Shape, axis: 1 | 3, seed: number): Arguments {
  const values = (size: number[], offset: number) => tf.randomUniform(size, -1, 1, 'float32', 100 * seed + offset);
  const padded = [shape[0], shape[1] + 6, shape[2] + 6, shape[3]];
  // Away from 0, where relu has a corner that finite differences would cut.
  const x = tf.tidy(() => tf.mul(tf.sign(values(shape, 1)), tf.add(tf.abs(values(shape, 1)), 0.05))) as Tensor4D;
  return [x, tf.add(values([shape[axis]], 2), 2) as Tensor1D, values([shape[axis]], 3) as Tensor1D, values(padded, 4)];
}

function objective(tf: Tf, operations: Operations, run: Forward, [x, gamma, beta, weights]: Arguments): Tensor {
  const y = run(operations, x, gamma, beta);
  return tf.sum(tf.mul(y, tf.slice(weights, [0, 0, 0, 0], y.shape)));
}

/** The output, then the gradients of the objective by x, gamma and beta. */
function valueAndGradients(tf: Tf, operations: Operations, run: Forward, [x, gamma, beta, weights]: Arguments): readonly (readonly number[])[] {
  return tf.tidy(() => {
    const gradients = tf.grads((x, gamma, beta) =>
      // Nothing of each argument, so that one that an operation does not use has a gradient too.
      tf.add(objective(tf, operations, run, [x as Tensor4D, gamma as Tensor1D, beta as Tensor1D, weights]), tf.mul(tf.add(tf.sum(gamma!), tf.sum(beta!)), 0)));
    return [run(operations, x, gamma, beta), ...gradients([x, gamma, beta])].map((t) => [...t.dataSync()]);
  });
}

/** The objective's change along a random direction is the gradient's along it. */
function assertSlope(tf: Tf, run: Forward, args: Arguments, [, ...gradients]: readonly (readonly number[])[]): void {
  tf.tidy(() => {
    const step = 1e-2;
    const directions = args.slice(0, 3).map((t, index) => tf.randomUniform(t.shape, -1, 1, 'float32', 77 + index));
    const moved = (sign: number) =>
      objective(tf, plainOperations(tf), run, [...directions.map((d, i) => tf.add(args[i]!, tf.mul(d, sign * step))), args[3]] as unknown as Arguments).dataSync()[0]!;
    const expected = gradients.reduce((sum, gradient, i) => sum + [...directions[i]!.dataSync()].reduce((dot, d, k) => dot + d * gradient[k]!, 0), 0);
    const measured = (moved(1) - moved(-1)) / (2 * step);
    assert.ok(Math.abs(measured - expected) <= 0.03 * (1 + Math.abs(expected)), `slope ${measured}, by the gradient ${expected}`);
  });
}

function assertClose(values: readonly number[], expected: readonly number[], bound: number, what: string): void {
  assert.is(values.length, expected.length, what);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const worst = values.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0);
  assert.ok(worst <= bound * scale, `${what}: ${worst} of ${scale}`);
}
