/** Holds our networks and training step to Keras's (reference.py) on one engine. */
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor4D, Tf } from '../../stages/engine/tf.ts';
import { networkWeights } from '../../stages/model/network-weights.ts';
import { createNetworks, networkNames, type Networks } from '../../stages/model/networks.ts';
import { resolveModel } from '../../stages/model/schema.ts';
import { createTrainer, type Trainer } from '../../stages/train/step/trainer.ts';
import { lossNames } from '../../stages/train/step/losses.ts';
import { readSafetensors, type StoredTensor } from '../../stages/train/safetensors.ts';
import { testEngine } from '../helpers/test-engine.ts';
import { deterministicWeight, uniform } from './deterministic.ts';

const size = 32;
const spec = resolveModel({ generator: { filters: 4, residual_blocks: 1 }, discriminator: { filters: 2 } });
const chapterSettings = {
  loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] }, gan: 'mse', discriminator_weight: 1 },
  optimizer: { beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true },
  update_order: 'discriminators_first', discriminator_updates: 'separate',
} as const;

type Goldens = ReadonlyMap<string, StoredTensor>;

export async function chapterParity(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`the chapter in Keras and on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    const { tensors } = await readSafetensors(fileURLToPath(new URL('goldens/chapter-small.safetensors', import.meta.url)));
    writeTests(test, new Reference(tf, tensors));
  }
  test.run();
}

function writeTests(test: ReturnType<typeof suite>, reference: Reference): void {
  test('inference with moving statistics: every output within 1e-4', () => reference.compareOutputs());
  test('one iteration: ten losses within 1e-4 relative; weights, statistics, m (the gradients), v within 1e-4 relative L2', () => {
    reference.iterate(1);
    reference.compareState(1, 1e-4);
  });
  test('three iterations: the same bounds; the shared counter is at 15', () => {
    reference.iterate(2);
    reference.iterate(3);
    reference.compareState(3, 1e-4);
    assert.is(reference.trainer.state().get('adam/counter')!.dataSync()[0], 15);
  });
}

class Reference {
  readonly networks: Networks;
  readonly trainer: Trainer;
  private readonly tf: Tf;
  private readonly goldens: Goldens;
  private readonly batch: { readonly realA: Tensor4D; readonly realB: Tensor4D };

  constructor(tf: Tf, goldens: Goldens) {
    this.tf = tf;
    this.goldens = goldens;
    const made = createNetworks(tf, spec, [size, size, 3], 1);
    if (!made.ok) throw new Error(made.failure.message);
    this.networks = made.value;
    for (const name of networkNames) {
      for (const [weight, variable] of networkWeights(this.networks[name])) {
        variable.assign(tf.tensor(deterministicWeight(weight, variable.shape), variable.shape));
      }
    }
    const image = (name: string) => tf.tensor4d(Float32Array.from(uniform(name, size * size * 3)), [1, size, size, 3]);
    this.batch = { realA: image('realA'), realB: image('realB') };
    this.trainer = createTrainer(tf, this.networks, chapterSettings);
  }

  compareOutputs(): void {
    const { realA, realB } = this.batch;
    const { generatorAToB, generatorBToA, discriminatorA, discriminatorB } = this.networks;
    const outputs = {
      'predict/generatorAToB': generatorAToB.predict(realA), 'predict/generatorBToA': generatorBToA.predict(realB),
      'judge/discriminatorA': discriminatorA.predict(realA), 'judge/discriminatorB': discriminatorB.predict(realB),
    };
    for (const [name, output] of Object.entries(outputs)) {
      const expected = this.golden(name);
      const values = (output as Tensor4D).dataSync();
      const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - values[index]!)), 0);
      assert.is(values.length, expected.length);
      assert.ok(worst <= 1e-4, `${name}: ${worst}`);
    }
  }

  /** One training step, its losses compared. */
  iterate(iteration: number): void {
    const learningRate = this.tf.scalar(2e-4);
    const output = this.trainer.step(this.batch, learningRate);
    for (const name of lossNames) {
      const [expected] = this.golden(`loss/${iteration}/${name}`);
      const [value] = output.losses[name]!.dataSync();
      assert.ok(Math.abs(value! - expected!) <= 1e-4 * Math.abs(expected!), `${name} in iteration ${iteration}: ${value} for ${expected}`);
    }
    this.tf.dispose([learningRate, output.generatedA, output.generatedB, ...Object.values(output.losses)]);
  }

  compareState(iteration: number, bound: number): void {
    for (const [name, variable] of this.trainer.state()) {
      const expected = this.golden(`${iteration}/${name}`);
      if (biasBeforeBatchNorm.test(name)) continue;
      const error = relativeError(variable.dataSync(), expected);
      assert.ok(error <= bound, `${name} after ${iteration}: ${error}`);
    }
  }

  private golden(name: string): readonly number[] {
    const tensor = this.goldens.get(name);
    if (tensor === undefined) throw new Error(`no golden ${name}`);
    return [...tensor.data];
  }
}

/** Its true gradient is 0, so what is compared would be rounding, which Adam makes steps of full size. */
const biasBeforeBatchNorm = /\/R\d+_\d+_[ab]\/bias$/;

/** ‖values − expected‖ / ‖expected‖. */
function relativeError(values: ArrayLike<number>, expected: readonly number[]): number {
  assert.is(values.length, expected.length);
  const difference = Math.hypot(...expected.map((value, index) => value - values[index]!));
  return difference / Math.max(Math.hypot(...expected), 1e-30);
}
