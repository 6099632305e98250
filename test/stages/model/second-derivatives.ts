/** Tests, on one engine, that tfjs differentiates a gradient's norm: operation by operation and through whole discriminators. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayersModel, Scalar, Tensor, Tensor1D, Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { networkWeights } from '../../../stages/model/network-weights.ts';
import { createNetworks, disposeNetworks } from '../../../stages/model/networks.ts';
import { operationsFor, twiceDifferentiableOperations, type Operations } from '../../../stages/model/operations/index.ts';
import { resolveModel, type ModelParams } from '../../../stages/model/schema.ts';
import { testEngine } from '../../helpers/test-engine.ts';

type Test = ReturnType<typeof suite>;
type Forward = (operations: Operations, x: Tensor4D, gamma: Tensor1D, beta: Tensor1D) => Tensor4D;

const cases: Readonly<Record<string, { readonly axis: 1 | 3; readonly run: Forward }>> = {
  addBias: { axis: 3, run: (o, x, _gamma, beta) => o.addBias(x, beta) },
  relu: { axis: 3, run: (o, x) => o.relu(x) },
  leakyRelu: { axis: 3, run: (o, x) => o.leakyRelu(x, 0.2) },
  tanh: { axis: 3, run: (o, x) => o.tanh(x) },
  sigmoid: { axis: 3, run: (o, x) => o.sigmoid(x) },
  normalizeRows: { axis: 1, run: (o, x, gamma, beta) => o.normalizeRows(x, gamma, beta, 1e-3) },
  normalizeChannels: { axis: 3, run: (o, x, gamma, beta) => o.normalizeChannels(x, gamma, beta, 1e-5) },
  normalizeBatch: { axis: 3, run: (o, x, gamma, beta) => o.normalizeBatch(x, gamma, beta, 1e-5, () => undefined) },
  padByReflection: { axis: 3, run: (o, x) => o.padByReflection(x, 2) },
};

export async function secondDerivativeTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`second derivatives on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    operations(test, tf);
    convolutions(test, tf);
    discriminators(test, tf);
  }
  test.run();
}

/** ‖∂(Σ w·f(x)²)/∂x‖, w of any value. The square makes the second derivative of a linear operation other than 0. */
function gradientNorm(tf: Tf, f: (x: Tensor4D) => Tensor, x: Tensor4D): Scalar {
  const gradient = tf.grad((input) => {
    const y = f(input as Tensor4D);
    return tf.sum(tf.mul(tf.square(y), tf.randomUniform(y.shape, -1, 1, 'float32', 21)));
  })(x);
  return tf.sqrt(tf.sum(tf.square(gradient))) as Scalar;
}

function operations(test: Test, tf: Tf): void {
  for (const [name, { axis, run }] of Object.entries(cases)) {
    test(`${name}: values and gradients as the engine's own, and the gradient's norm differentiates`, () => tf.tidy(() => {
      const twice = twiceDifferentiableOperations(tf);
      const args = draw(tf, [2, 4, 6, 3], axis);
      const outputs = [operationsFor(tf), twice].map((form) => {
        const { value, grads } = tf.valueAndGrads((x, gamma, beta) => weighted(tf, run(form, x as Tensor4D, gamma as Tensor1D, beta as Tensor1D), [gamma!, beta!]))(args);
        return [value, ...grads].flatMap((t) => [...t.dataSync()]);
      });
      assertClose(outputs[1]!, outputs[0]!, 2e-4, name);
      assertSlope(tf, args, ([x, gamma, beta]) => gradientNorm(tf, (input) => run(twice, input, gamma as Tensor1D, beta as Tensor1D), x as Tensor4D), name);
    }));
  }

  test('a constant row: its first and second derivatives are finite', () => tf.tidy(() => {
    const { normalizeRows } = twiceDifferentiableOperations(tf);
    const run = (x: Tensor4D) => normalizeRows(x, tf.tensor1d([2, 1]), tf.tensor1d([5, 1]), 1e-3);
    const x = tf.tensor4d([0.5, 0.5, 0.5, 0.5, 1, 2, 3, 4], [1, 2, 2, 2]);
    const first = tf.grad((input) => tf.sum(tf.mul(run(input as Tensor4D), tf.tensor4d([1, 0, 0, 3, 0, 0, 0, 0], [1, 2, 2, 2]))))(x);
    assertClose([...first.dataSync()], [0, -2000, -2000, 4000, 0, 0, 0, 0], 2e-5, 'the true derivative γ/ε·(dy − mean dy)');
    const second = tf.grad((input) => gradientNorm(tf, run, input as Tensor4D))(x);
    assert.ok(second.dataSync().every(Number.isFinite), String(second.dataSync()));
  }));
}

function convolutions(test: Test, tf: Tf): void {
  for (const [stride, padding] of [[1, 'valid'], [2, 'valid'], [1, 'same'], [2, 'same']] as const) {
    test(`a 4×4 convolution, stride ${stride}, ${padding}`, () => tf.tidy(() => {
      const args = [tf.randomUniform([2, 9, 7, 2], -1, 1, 'float32', 3), tf.randomUniform([4, 4, 2, 3], -1, 1, 'float32', 4)];
      assertSlope(tf, args, ([x, kernel]) => gradientNorm(tf, (input) => tf.conv2d(input, kernel as Tensor4D, stride, padding), x as Tensor4D), 'conv2d');
    }));
  }
}

const patchGan: NonNullable<ModelParams['discriminator']> = { filters: 2, strides: [2, 2, 1], norm: 'channel', output: 'linear' };

function discriminators(test: Test, tf: Tf): void {
  for (const discriminator of [patchGan, { ...patchGan, norm: 'row', output: 'sigmoid' }, { ...patchGan, norm: { kind: 'channel', affine: true } }, { ...patchGan, norm: 'batch' }] as const) {
    test(`the penalty of a discriminator with ${JSON.stringify(discriminator.norm)} norm, by every weight`, () => {
      const model = resolveModel({ generator: { filters: 1, residual_blocks: 0 }, discriminator });
      const made = createNetworks(tf, model, [24, 28, 3], 3, undefined, withoutCorner(tf, twiceDifferentiableOperations(tf)));
      if (!made.ok) throw new Error(made.failure.message);
      const { discriminatorA } = made.value;
      const before = tf.memory().numTensors;
      tf.tidy(() => assertPenaltySlope(tf, discriminatorA, tf.randomUniform([2, 24, 28, 3], -1, 1, 'float32', 9)));
      assert.is(tf.memory().numTensors, before);
      disposeNetworks(made.value);
    });
  }
}

/** A LeakyReLU with its corner rounded: at a corner the gradient jumps, and finite differences would measure the jumps. */
function withoutCorner(tf: Tf, operations: Operations): Operations {
  return { ...operations, leakyRelu: (x, slope) => tf.add(tf.mul(x, slope), tf.mul(tf.mul(x, operations.sigmoid(x)), 1 - slope)) };
}

/** d/dw (‖∂D/∂x‖ − 1)², of all trainable weights w together, against the change along a random direction. */
function assertPenaltySlope(tf: Tf, network: LayersModel, x: Tensor4D): void {
  const variables = [...networkWeights(network, 'trainable').values()];
  const start = variables.map((variable) => variable.clone());
  const output = (input: Tensor4D) => network.apply(input, { training: true, frozen: true }) as Tensor;
  const penalty = () => {
    const gradient = tf.grad((input) => tf.sum(output(input as Tensor4D)))(x);
    const norms = tf.sqrt(tf.sum(tf.square(gradient), [1, 2, 3]));
    return tf.mean(tf.square(tf.sub(norms, 1))) as Scalar;
  };
  const { grads } = tf.variableGrads(penalty, variables);
  const directions = variables.map((variable, index) => tf.randomUniform(variable.shape, -1, 1, 'float32', 50 + index));
  const expected = variables.reduce((sum, variable, index) => sum + (grads[variable.name] ? tf.sum(tf.mul(grads[variable.name]!, directions[index]!)).dataSync()[0]! : 0), 0);
  const moved = (size: number) => {
    variables.forEach((variable, index) => variable.assign(tf.add(start[index]!, tf.mul(directions[index]!, size))));
    return penalty().dataSync()[0]!;
  };
  const step = 1e-3;
  const measured = (moved(step) - moved(-step)) / (2 * step);
  assert.ok(Math.abs(expected) > 1e-3, `no slope to compare: ${expected}`);
  assert.ok(Math.abs(measured - expected) <= 0.03 * Math.abs(expected), `slope ${measured}, by the gradient ${expected}`);
}

function draw(tf: Tf, shape: [number, number, number, number], axis: 1 | 3): Tensor[] {
  const values = (size: number[], seed: number) => tf.randomUniform(size, -1, 1, 'float32', seed);
  // Away from 0, where relu has a corner that finite differences would cut.
  const x = tf.mul(tf.sign(values(shape, 1)), tf.add(tf.abs(values(shape, 1)), 0.05));
  return [x, tf.add(values([shape[axis]], 2), 2), values([shape[axis]], 3)];
}

/** Weighs every value of the output differently; takes nothing of the others, so that an unused argument has a gradient too. */
function weighted(tf: Tf, y: Tensor, others: readonly Tensor[]): Scalar {
  const nothing = others.reduce<Tensor>((sum, t) => tf.add(sum, tf.sum(t)), tf.scalar(0));
  return tf.add(tf.sum(tf.mul(y, tf.randomUniform(y.shape, -1, 1, 'float32', 8))), tf.mul(nothing, 0)) as Scalar;
}

/** The norm's change along a random direction is its gradient's along it. */
function assertSlope(tf: Tf, args: readonly Tensor[], norm: (args: readonly Tensor[]) => Scalar, what: string): void {
  const gradients = tf.grads((...given: Tensor[]) => tf.add(norm(given), given.reduce<Tensor>((sum, t) => tf.add(sum, tf.mul(tf.sum(t), 0)), tf.scalar(0))) as Scalar)([...args]);
  const directions = args.map((t, index) => tf.randomUniform(t.shape, -1, 1, 'float32', 70 + index));
  const expected = gradients.reduce((sum, gradient, index) => sum + tf.sum(tf.mul(gradient, directions[index]!)).dataSync()[0]!, 0);
  const step = 5e-3;
  const moved = (size: number) => norm(args.map((t, index) => tf.add(t, tf.mul(directions[index]!, size)))).dataSync()[0]!;
  const measured = (moved(step) - moved(-step)) / (2 * step);
  assert.ok(Math.abs(expected) > 1e-3, `${what}: no slope to compare: ${expected}`);
  assert.ok(Math.abs(measured - expected) <= 0.02 * (0.1 + Math.abs(expected)), `${what}: slope ${measured}, by the gradient ${expected}`);
}

function assertClose(values: readonly number[], expected: readonly number[], bound: number, what: string): void {
  assert.is(values.length, expected.length, what);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const worst = values.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0);
  assert.ok(worst <= bound * scale, `${what}: ${worst} of ${scale}`);
}
