/** Tests, on one engine, of the training step with each adversarial loss, and of what terms cost. */
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor, Tensor4D, Tf } from '../../../../stages/engine/tf.ts';
import { ganLoss, type GanLossName } from '../../../../stages/model/losses/gan-loss.ts';
import { gradientPenalty } from '../../../../stages/model/losses/gradient-penalty.ts';
import { networkWeights } from '../../../../stages/model/network-weights.ts';
import { twiceDifferentiableOperations, type Operations } from '../../../../stages/model/operations/index.ts';
import type { LossWeights } from '../../../../stages/train/step/losses.ts';
import { Bench, paper, withLoss, withSettings, type LossValues, type Recipe } from './bench.ts';

type Test = ReturnType<typeof suite>;

const onlyCycle: LossWeights = { adversarial: [0, 0], cycle: [10, 10], identity: [0, 0] };

/** The paper's small recipe without batch statistics, so that a discriminator's output is the same in every mode. */
const recipe = (gan: GanLossName, weights = paper.settings.loss.weights): Recipe =>
  withLoss({ ...paper, model: { ...paper.model, discriminator: { ...paper.model.discriminator, norm: 'channel' } } }, { gan, weights });

export function ganModeTests(test: Test, tf: Tf): void {
  for (const gan of ['lsgan', 'vanilla', 'hinge', 'wgan-gp'] as const) {
    test(`${gan}: the terms are its formulas on what the discriminators answer`, () => termsAreFormulas(tf, gan));
    test(`${gan}: a few steps lower the discriminators' loss, and leave no tensor`, () => stepsLowerTheLoss(tf, gan));
  }
  wassersteinTests(test, tf);
  costTests(test, tf);
}

function termsAreFormulas(tf: Tf, gan: GanLossName): void {
  const bench = new Bench(tf, recipe(gan));
  const losses = ganLoss(tf, gan);
  const { realA, realB, interpolationA, interpolationB } = bench.batch;
  const { discriminatorA, discriminatorB } = bench.networks;
  const expected = tf.tidy(() => {
    // A generator without batch normalization translates alike in both modes.
    const [generatedA, generatedB] = [bench.networks.generatorBToA.predict(realB), bench.networks.generatorAToB.predict(realA)] as [Tensor4D, Tensor4D];
    const [A, B] = [(x: Tensor4D) => discriminatorA.apply(x) as Tensor, (x: Tensor4D) => discriminatorB.apply(x) as Tensor];
    const terms = {
      adversarial_AToB: losses.generator(B(generatedB)), adversarial_BToA: losses.generator(A(generatedA)),
      discriminator_A_real: losses.real(A(realA)), discriminator_A_fake: losses.generated(A(generatedA)),
      discriminator_B_real: losses.real(B(realB)), discriminator_B_fake: losses.generated(B(generatedB)),
      ...(interpolationA && { gradient_penalty_A: gradientPenalty(tf, A, { real: realA, generated: generatedA, interpolation: interpolationA }) }),
      ...(interpolationB && { gradient_penalty_B: gradientPenalty(tf, B, { real: realB, generated: generatedB, interpolation: interpolationB }) }),
    };
    return Object.entries(terms).map(([name, term]) => [name, term.dataSync()[0]!] as const);
  });
  const values = bench.step();
  assert.equal(Object.keys(values).sort(), [...bench.trainer.lossNames].sort());
  assert.is(expected.length, gan === 'wgan-gp' ? 8 : 6);
  for (const [name, value] of expected) assert.ok(Math.abs(values[name as keyof LossValues]! - value) <= 1e-5, `${name}: ${values[name as keyof LossValues]}, not ${value}`);
  bench.dispose();
}

function stepsLowerTheLoss(tf: Tf, gan: GanLossName): void {
  const bench = new Bench(tf, recipe(gan, onlyCycle));
  const loss = (values: LossValues) => Object.entries(values).reduce((sum, [name, value]) => sum + (name.startsWith('discriminator') ? 0.5 * value : name.startsWith('gradient_penalty') ? 10 * value : 0), 0);
  const first = loss(bench.step({ learningRate: 5e-3 }));
  const tensors = tf.memory().numTensors;
  for (let i = 0; i < 6; i++) bench.step({ learningRate: 5e-3 });
  assert.is(tf.memory().numTensors, tensors);
  const last = loss(bench.step());
  assert.ok(last < first - 0.01 * Math.abs(first), `${last} after ${first}`);
  bench.dispose();
}

function wassersteinTests(test: Test, tf: Tf): void {
  test('wgan-gp: what moves a discriminator is the gradient of its whole loss, penalty and all, by finite differences', () => {
    const bench = new Bench(tf, withSettings(recipe('wgan-gp', onlyCycle), { update_order: 'discriminators_first' }), { batch: 2, discriminators: withoutCorner(tf) });
    const variables = networkWeights(bench.networks.discriminatorA, 'trainable');
    const directions = new Map([...variables].map(([name, variable], index) => [name, tf.randomUniform(variable.shape, -1, 1, 'float32', 40 + index)]));
    const measured = tf.tidy(() => slopeOfLossA(tf, bench, variables, directions));
    bench.step({ learningRate: 0 });
    // The first moment after one step is (1 − β1) of the gradient.
    const along = [...variables.keys()].map((name) => tf.tidy(() => tf.sum(tf.mul(bench.trainer.state().get(`adam/m/${name}`)!, directions.get(name)!)).dataSync()[0]! / 0.5));
    const slope = along.reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(slope) > 0.05, `no slope to compare: ${slope}`);
    assert.ok(Math.abs(measured - slope) <= 0.02 * Math.abs(slope), `slope ${measured}, by the gradient ${slope}`);
    tf.dispose([...directions.values()]);
    bench.dispose();
  });

  test('wgan-gp: penalties are reported unweighted, and gradient_penalty weighs them', () => {
    const [light, heavy] = [1, 10].map((gradient_penalty) => new Bench(tf, withLoss(recipe('wgan-gp', onlyCycle), { gradient_penalty }))) as [Bench, Bench];
    const [lightLosses, heavyLosses] = [light.step(), heavy.step()];
    assert.equal(lightLosses, heavyLosses);
    assert.ok(lightLosses.gradient_penalty_A! > 0 && lightLosses.gradient_penalty_B! > 0);
    assert.not.equal(light.snapshot()['adam/m/discriminatorA/C1/kernel'], heavy.snapshot()['adam/m/discriminatorA/C1/kernel']);
    light.dispose();
    heavy.dispose();
  });

  test('wgan-gp: a batch without interpolation is a mistake of ours, and no tensor is left of it', () => {
    const bench = new Bench(tf, recipe('wgan-gp', onlyCycle));
    const rate = tf.scalar(0);
    const { realA, realB } = bench.batch;
    assert.throws(() => bench.trainer.step({ realA, realB }, rate), /interpolationA/);
    rate.dispose();
    bench.dispose();
  });
}

/** discriminatorA's loss with its weights moved a little to and fro along the directions, as a slope. */
function slopeOfLossA(tf: Tf, bench: Bench, variables: ReadonlyMap<string, Tensor>, directions: ReadonlyMap<string, Tensor>): number {
  const { generatorBToA, discriminatorA } = bench.networks;
  const { realA, realB, interpolationA } = bench.batch;
  const generated = generatorBToA.predict(realB) as Tensor4D;
  const critic = (x: Tensor4D) => discriminatorA.apply(x, { training: true, frozen: true }) as Tensor;
  const start = new Map([...variables].map(([name, variable]) => [name, variable.clone()]));
  const moveTo = (size: number) => {
    for (const [name, variable] of networkWeights(discriminatorA, 'trainable')) variable.assign(tf.add(start.get(name)!, tf.mul(directions.get(name)!, size)));
  };
  const lossAt = (size: number): number => {
    moveTo(size);
    const penalty = gradientPenalty(tf, critic, { real: realA, generated, interpolation: interpolationA! });
    const difference = tf.sub(tf.mean(critic(generated)), tf.mean(critic(realA)));
    return tf.add(tf.mul(difference, 0.5), tf.mul(penalty, 10)).dataSync()[0]!;
  };
  const slope = (lossAt(2e-4) - lossAt(-2e-4)) / 4e-4;
  moveTo(0);
  return slope;
}

/** LeakyReLU with its corner rounded: at a corner the gradient jumps, and finite differences would measure the jumps. */
function withoutCorner(tf: Tf): Operations {
  const operations = twiceDifferentiableOperations(tf);
  return { ...operations, leakyRelu: (x, slope) => tf.add(tf.mul(x, slope), tf.mul(tf.mul(x, operations.sigmoid(x)), 1 - slope)) };
}

function costTests(test: Test, tf: Tf): void {
  const calls = (weights: LossWeights) => {
    const bench = new Bench(tf, recipe('lsgan', weights));
    const counts = Object.entries(bench.networks).map(([name, network]) => {
      const apply = network.apply.bind(network);
      const count = { name, calls: 0 };
      network.apply = (...args) => {
        count.calls += 1;
        return apply(...args);
      };
      return count;
    });
    bench.step();
    bench.dispose();
    return counts.map(({ calls }) => calls);
  };
  const all: LossWeights = { adversarial: [1, 1], cycle: [1, 1], identity: [1, 1] };

  test('terms of weight 0 run no network, direction by direction; the discriminators learn all the same', () => {
    // AToB, BToA, discriminatorA, discriminatorB.
    assert.equal(calls(all), [3, 3, 3, 3]);
    assert.equal(calls({ ...all, identity: [0, 0] }), [2, 2, 3, 3]);
    assert.equal(calls({ ...all, identity: [0, 1] }), [2, 3, 3, 3]);
    assert.equal(calls({ ...all, cycle: [0, 0] }), [2, 2, 3, 3]);
    assert.equal(calls({ ...all, cycle: [0, 1] }), [3, 2, 3, 3]);
    assert.equal(calls({ ...all, adversarial: [0, 0] }), [3, 3, 2, 2]);
    assert.equal(calls({ ...all, adversarial: [1, 0] }), [3, 3, 2, 3]);
  });

  test('discriminators whose word counts for nothing are trained', () => {
    const bench = new Bench(tf, recipe('lsgan', onlyCycle));
    const kernels = () => ['discriminatorA/C1/kernel', 'discriminatorB/C1/kernel'].map((name) => bench.snapshot()[name]!);
    const before = kernels();
    bench.step();
    kernels().forEach((kernel, index) => assert.not.equal(kernel, before[index]));
    bench.dispose();
  });
}
