/** What must hold in every training, on one engine: who moves what, and that nothing is left behind. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayersModel, Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { createNetworks, disposeNetworks, type Networks } from '../../../stages/model/networks.ts';
import type { ImageShape } from '../../../stages/model/spec.ts';
import type { TrainParams } from '../../../stages/train/params.ts';
import { createTrainer } from '../../../stages/train/step/cyclegan.ts';
import { TrainingState } from '../../../stages/train/training-state.ts';
import { testEngine } from '../../helpers/test-engine.ts';
import { watchPhases } from './invariants-phases.ts';
import { chapter, paper, valueOf } from './tiny-training.ts';

type Test = ReturnType<typeof suite>;

const shape: ImageShape = [8, 8, 3];

/** How long tensors are counted: 200 iterations in the long tests. */
export async function invariantTests(backend: 'tensorflow' | 'wasm', iterations = 40): Promise<void> {
  const test = suite(`invariants of training on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    phases(test, tf);
    inference(test, tf);
    tensors(test, tf, iterations);
  }
  test.run();
}

/** Batch normalization in all four networks, so that each has statistics that could move. */
const withBatchNorm = (overrides: object): TrainParams => valueOf(chapter({
  model: { generator: { filters: 2, residual_blocks: 1, norm: 'batch' }, discriminator: { filters: 2, strides: [2, 1], norm: 'batch' } }, ...overrides,
})).params;

function networksOf(tf: Tf, { model }: TrainParams, seed = 1): Networks {
  return valueOf(createNetworks(tf, model, shape, seed));
}

const image = (tf: Tf, seed: number) => tf.randomUniform([1, ...shape], -1, 1, 'float32', seed) as Tensor4D;

/** The output's values. */
const run = (tf: Tf, network: LayersModel, x: Tensor4D, mode: Readonly<Record<string, boolean>>): number[] =>
  tf.tidy(() => [...(network.apply(x, { ...mode }) as Tensor4D).dataSync()] as unknown as Tensor4D) as unknown as number[];

function phases(test: Test, tf: Tf): void {
  for (const update_order of ['discriminators_first', 'generators_first'] as const) {
    for (const discriminator_updates of ['separate', 'joint'] as const) {
      test(`${update_order}, ${discriminator_updates}: a generator step leaves every bit of the discriminators, and the reverse`, () => {
        const params = withBatchNorm({ update_order, discriminator_updates });
        const networks = networksOf(tf, params);
        const trainer = createTrainer(tf, networks, params);
        const watch = watchPhases(trainer.state());
        const [batch, rate] = [{ realA: image(tf, 1), realB: image(tf, 2) }, tf.scalar(2e-4)];
        for (let iteration = 0; iteration < 3; iteration++) {
          const found = watch.during(() => tf.dispose(trainer.step(batch, rate) as never));
          const order = update_order === 'generators_first' ? ['generators', 'discriminators'] : ['discriminators', 'generators'];
          assert.equal(found.map(({ family }) => family), order);
          for (const { family, changed } of found) {
            assert.ok([...changed].every((name) => name.includes(family === 'generators' ? 'generator' : 'discriminator')), [...changed].join());
            assert.ok([...changed].some((name) => name.endsWith('/moving_mean')) && [...changed].some((name) => name.startsWith('adam/m/')));
          }
        }
        watch.end();
        trainer.dispose();
        disposeNetworks(networks);
      });
    }
  }
}

function inference(test: Test, tf: Tf): void {
  test('inference, and training mode that is frozen, move no statistics of any network; training mode moves them', () => {
    const networks = networksOf(tf, withBatchNorm({}));
    const x = image(tf, 3);
    for (const network of Object.values(networks)) {
      const snapshot = () => network.weights.map((weight) => [...(weight.read() as Tensor4D).dataSync()]);
      const before = snapshot();
      tf.dispose(network.predict(x));
      run(tf, network, x, { training: false });
      run(tf, network, x, { training: true, frozen: true });
      assert.equal(snapshot(), before, network.name);
      run(tf, network, x, { training: true });
      assert.not.equal(snapshot(), before, network.name);
    }
    disposeNetworks(networks);
  });

  test('in training mode the batch decides: other statistics give the same output; in inference mode they decide', () => {
    const networks = networksOf(tf, withBatchNorm({}));
    const [network, x] = [networks.generatorAToB, image(tf, 4)];
    const outputs = () => [{ training: true, frozen: true }, { training: false }].map((mode) => run(tf, network, x, mode));
    const before = outputs();
    for (let i = 0; i < 3; i++) run(tf, network, x, { training: true });
    const after = outputs();
    assert.equal(after[0], before[0]);
    assert.not.equal(after[1], before[1]);
    disposeNetworks(networks);
  });
}

function tensors(test: Test, tf: Tf, iterations: number): void {
  for (const [name, recipe] of Object.entries({ chapter, paper })) {
    test(`${name}: as many tensors after each of ${iterations} iterations`, async () => {
      const params = valueOf(recipe({ image_pool: 3, ema_decay: 0.99 })).params;
      const networks = networksOf(tf, params);
      const state = new TrainingState(tf, networks, createTrainer(tf, networks, params), { batchSize: 1, shape, poolSize: params.image_pool, interpolates: false, seed: 1 });
      const batch = { A: { values: new Float32Array(192).fill(0.5), names: ['a'] }, B: { values: new Float32Array(192).fill(-0.5), names: ['b'] } };
      const counts: number[] = [];
      for (let iteration = 0; iteration < iterations; iteration++) {
        await state.step(iteration, batch, 2e-4);
        counts.push(tf.memory().numTensors);
      }
      // The pools of three fill in the first three.
      assert.equal([...new Set(counts.slice(3))], [counts[3]]);
      state.dispose();
      disposeNetworks(networks);
    });
  }
}
