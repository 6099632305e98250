/** Tests of the adversarial losses on one engine, against the papers' formulas in double precision. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Scalar, Tensor, Tensor4D, Tf } from '../../../../stages/engine/tf.ts';
import { ganLoss, ganLossNames, type GanLoss, type GanLossName } from '../../../../stages/model/losses/gan-loss.ts';
import { gradientPenalty } from '../../../../stages/model/losses/gradient-penalty.ts';
import { twiceDifferentiableOperations } from '../../../../stages/model/operations/index.ts';
import { testEngine } from '../../../helpers/test-engine.ts';

type Test = ReturnType<typeof suite>;
type Side = keyof GanLoss;

/** log(1 + eˣ) as it is written for double precision; beyond 700 eˣ is infinite there. */
const softplus = (x: number) => (x > 30 ? x + Math.exp(-x) : Math.log1p(Math.exp(x)));

/** Of one output value; a loss is the mean. */
const formulas: Readonly<Record<GanLossName, Readonly<Record<Side, (x: number) => number>>>> = {
  mse: { real: (x) => (x - 1) ** 2, generated: (x) => x ** 2, generator: (x) => (x - 1) ** 2 },
  lsgan: { real: (x) => (x - 1) ** 2, generated: (x) => x ** 2, generator: (x) => (x - 1) ** 2 },
  vanilla: { real: (x) => softplus(-x), generated: (x) => softplus(x), generator: (x) => softplus(-x) },
  hinge: { real: (x) => Math.max(0, 1 - x), generated: (x) => Math.max(0, 1 + x), generator: (x) => -x },
  'wgan-gp': { real: (x) => -x, generated: (x) => x, generator: (x) => -x },
};

const sides = ['real', 'generated', 'generator'] as const;

export async function adversarialTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`adversarial losses on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    for (const name of ganLossNames) formulaTests(test, tf, name);
    extremeTests(test, tf);
    penaltyTests(test, tf);
  }
  test.run();
}

function formulaTests(test: Test, tf: Tf, name: GanLossName): void {
  test(`${name}: values and gradients are the formula's, for any shape, and nothing is left`, () => {
    for (const shape of [[1, 7, 7, 1], [3, 2, 5, 1]]) {
      const output = tf.randomNormal(shape, 0, 2, 'float32', 5);
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        for (const side of sides) assertFormula(tf, output, ganLoss(tf, name)[side], formulas[name][side], `${name} ${side}`);
      });
      assert.is(tf.memory().numTensors, before);
      output.dispose();
    }
  });
}

function assertFormula(tf: Tf, output: Tensor, loss: (output: Tensor) => Scalar, formula: (x: number) => number, what: string): void {
  const { value, grad } = tf.valueAndGrad((x: Tensor) => tf.mul(loss(x), 3))(output);
  const xs = [...output.dataSync()];
  const mean = xs.reduce((sum, x) => sum + formula(x), 0) / xs.length;
  assert.ok(Math.abs(value.dataSync()[0]! / 3 - mean) <= 2e-6 * Math.max(1, Math.abs(mean)), `${what}: ${value.dataSync()[0]! / 3}, not ${mean}`);
  const step = 1e-6;
  for (const [index, slope] of [...grad.dataSync()].entries()) {
    const expected = (3 * (formula(xs[index]! + step) - formula(xs[index]! - step))) / (2 * step * xs.length);
    assert.ok(Math.abs(slope - expected) <= 1e-5 * Math.max(0.1, Math.abs(expected)), `${what}: slope ${slope} at ${xs[index]}, not ${expected}`);
  }
}

function extremeTests(test: Test, tf: Tf): void {
  test('vanilla: logits of any size keep finite values and the right slopes', () => {
    for (const logit of [0, 1e-8, -1e-8, 15, -15, 90, -90, 1e4, -1e4, 1e30, -1e30]) {
      tf.tidy(() => {
        const { real, generated } = ganLoss(tf, 'vanilla');
        for (const [loss, sign] of [[real, -1], [generated, 1]] as const) {
          const { value, grad } = tf.valueAndGrad((x: Tensor) => loss(x))(tf.tensor1d([logit]));
          const [expected, slope] = [softplus(sign * logit), sign / (1 + Math.exp(-sign * logit))];
          assert.ok(Math.abs(value.dataSync()[0]! - expected) <= 1e-6 * Math.max(0.1, expected), `${logit}: ${value.dataSync()[0]}, not ${expected}`);
          assert.ok(Math.abs(grad.dataSync()[0]! - slope) <= 1e-6, `${logit}: slope ${grad.dataSync()[0]}, not ${slope}`);
        }
      });
    }
  });

  test('hinge: nothing is learnt beyond the margin, and as much anywhere before it', () => tf.tidy(() => {
    const { real, generated } = ganLoss(tf, 'hinge');
    const output = tf.tensor1d([-50, -1.5, 0, 1.5]);
    assert.equal([...tf.grad((x: Tensor) => real(x))(output).dataSync()], [-0.25, -0.25, -0.25, 0]);
    assert.equal([...tf.grad((x: Tensor) => generated(x))(output).dataSync()].map((slope) => slope + 0), [0, 0, 0.25, 0.25]);
  }));
}

function penaltyTests(test: Test, tf: Tf): void {
  const images = (seed: number) => tf.randomUniform([2, 6, 5, 2], -1, 1, 'float32', seed) as Tensor4D;
  const shown = (interpolation: readonly number[]) => ({ real: images(1), generated: images(2), interpolation: tf.tensor4d([...interpolation], [2, 1, 1, 1]) });

  test('gradient penalty: of a linear critic it is (‖w‖ − 1)² wherever it looks, and falls as that does', () => tf.tidy(() => {
    const w = tf.randomUniform([6, 5, 2], -1, 1, 'float32', 3);
    const penalty = (w: Tensor) => gradientPenalty(tf, (x) => tf.sum(tf.mul(x, w), [1, 2, 3]), shown([0.2, 0.9]));
    const norm = Math.sqrt([...w.dataSync()].reduce((sum, x) => sum + x * x, 0));
    const { value, grad } = tf.valueAndGrad(penalty)(w);
    assert.ok(Math.abs(value.dataSync()[0]! - (norm - 1) ** 2) <= 1e-5 * (norm - 1) ** 2);
    const expected = [...w.dataSync()].map((x) => (2 * (norm - 1) * x) / norm);
    grad.dataSync().forEach((slope, index) => assert.ok(Math.abs(slope - expected[index]!) <= 1e-4, `${slope}, not ${expected[index]}`));
  }));

  test('gradient penalty: it looks at ε·real + (1 − ε)·generated, each image by itself, and sums the patches', () => tf.tidy(() => {
    // The critic ½Σx², its patches being pixels: the gradient is x̂ itself.
    const parts = shown([0, 0.25]);
    const [real, generated] = [parts.real.arraySync(), parts.generated.arraySync()];
    const norms = [0, 0.25].map((e, image) => Math.sqrt(real[image]!.flat(2).reduce((sum, x, index) => sum + (e * x + (1 - e) * generated[image]!.flat(2)[index]!) ** 2, 0)));
    const expected = norms.reduce((sum, norm) => sum + (norm - 1) ** 2, 0) / 2;
    const value = gradientPenalty(tf, (x) => tf.mul(tf.square(x), 0.5), parts).dataSync()[0]!;
    assert.ok(Math.abs(value - expected) <= 1e-5 * expected, `${value}, not ${expected}`);
  }));

  test('gradient penalty: a critic that ignores its images costs 1 and has finite slopes', () => tf.tidy(() => {
    const penalty = (w: Tensor) => gradientPenalty(tf, (x) => tf.mul(x, w), shown([0.5, 0.5]));
    const { value, grad } = tf.valueAndGrad(penalty)(tf.scalar(0));
    assert.ok(Math.abs(value.dataSync()[0]! - 1) < 1e-5);
    assert.ok(Number.isFinite(grad.dataSync()[0]!));
  }));

  test('gradient penalty: its slope by every weight of a small critic, by finite differences; nothing is left', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const { tanh } = twiceDifferentiableOperations(tf);
      const weights = [tf.randomUniform([3, 3, 2, 2], -0.5, 0.5, 'float32', 7), tf.randomUniform([3, 3, 2, 1], -0.5, 0.5, 'float32', 8)] as [Tensor4D, Tensor4D];
      const parts = shown([0.3, 0.8]);
      const penalty = (first: Tensor, second: Tensor) =>
        gradientPenalty(tf, (x) => tf.conv2d(tanh(tf.conv2d(x, first as Tensor4D, 1, 'valid')), second as Tensor4D, 1, 'same'), parts);
      const slopes = tf.grads(penalty)(weights).map((slope) => [...slope.dataSync()]);
      weights.forEach((weight, which) => slopes[which]!.forEach((slope, index) => {
        const moved = (by: number) => {
          const values = weight.dataSync().slice();
          values[index]! += by;
          const changed = weights.map((other, at) => (at === which ? tf.tensor(values, weight.shape) : other)) as [Tensor, Tensor];
          return penalty(...changed).dataSync()[0]!;
        };
        const measured = (moved(0.01) - moved(-0.01)) / 0.02;
        assert.ok(Math.abs(measured - slope) <= 2e-3 * Math.max(0.5, Math.abs(slope)), `weight ${which}.${index}: ${slope}, measured ${measured}`);
      }));
    });
    assert.is(tf.memory().numTensors, before);
  });
}
