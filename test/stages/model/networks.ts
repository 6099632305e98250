/** Tests of the networks on one engine. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayersModel, Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { checkImageSize, patches } from '../../../stages/model/image-size.ts';
import { initialKernel } from '../../../stages/model/initial-weights.ts';
import { networkWeights } from '../../../stages/model/network-weights.ts';
import { createNetworks, disposeNetworks, networkNames, type Networks } from '../../../stages/model/networks.ts';
import { loadModel, saveModel } from '../../../stages/model/saved-model.ts';
import { resolveModel, type ModelParams } from '../../../stages/model/schema.ts';
import type { ImageShape } from '../../../stages/model/spec.ts';
import { testEngine } from '../../helpers/test-engine.ts';

const chapter: ModelParams = { generator: { filters: 2, residual_blocks: 2 }, discriminator: { filters: 2 } };
const paper: ModelParams = {
  generator: { filters: 2, residual_blocks: 2, norm: 'channel', residual_norm: 'channel', padding: 'reflect', use_bias: false },
  discriminator: { filters: 2, strides: [2, 2, 2, 1], norm: 'channel', output: 'linear' }, init_type: 'normal',
};
const mixed: ModelParams = {
  generator: { filters: 2, residual_blocks: 0, norm: { kind: 'channel', affine: true }, transposed_use_bias: true, output: 'linear' },
  discriminator: { filters: 2, strides: [2, 1], norm: 'batch' },
};

export async function networkTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`networks on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) {
    sizes(test, tf);
    weights(test, tf);
    files(test, tf);
  }
  test.run();
}

type Test = ReturnType<typeof suite>;

function sizes(test: Test, tf: Tf): void {
  test('the chapter at 128×128 has exactly its parameters', () => {
    const networks = make(tf, {}, [128, 128, 3]);
    const count = (network: LayersModel) => network.countParams();
    const trainable = (network: LayersModel) => [...networkWeights(network, 'trainable').values()].reduce((sum, { size }) => sum + size, 0);
    assert.equal(networkNames.map((name) => count(networks[name])), [1971939, 1971939, 2764849, 2764849]);
    assert.is(trainable(networks.generatorAToB), 1968867);
    assert.is(trainable(networks.discriminatorA), 2764849);
    assert.equal(networks.discriminatorA.outputShape, [null, 7, 7, 1]);
    disposeNetworks(networks);
  });

  test('a generator keeps the size of any image of a multiple of 4, square or not, and batches', () => {
    for (const params of [chapter, paper, mixed]) {
      for (const shape of [[32, 32, 3], [40, 36, 3], [36, 52, 1]] as const) {
        const networks = make(tf, params, shape);
        const image = tf.zeros([2, shape[0], shape[1], shape[2]]) as Tensor4D;
        assert.equal((networks.generatorAToB.predict(image) as Tensor4D).shape, [2, ...shape]);
        const { strides } = resolveModel(params).discriminator;
        assert.equal((networks.discriminatorA.predict(image) as Tensor4D).shape, [2, patches(shape[0], strides), patches(shape[1], strides), 1]);
        disposeNetworks(networks);
      }
    }
  });

  test('a size that does not fit is one failure', () => {
    const codeOf = (params: ModelParams, shape: ImageShape) => {
      const checked = checkImageSize(resolveModel(params), shape);
      return checked.ok ? 'fits' : checked.failure.code;
    };
    assert.is(codeOf(chapter, [30, 32, 3]), 'image-size-not-multiple-of-4');
    assert.is(codeOf(chapter, [32, 127, 3]), 'image-size-not-multiple-of-4');
    assert.is(codeOf(chapter, [28, 64, 3]), 'image-too-small');
    assert.is(codeOf(chapter, [32, 64, 3]), 'fits');
    assert.is(codeOf(paper, [24, 24, 3]), 'fits');
  });

}

function weights(test: Test, tf: Tf): void {
  test('initial weights depend on seed and name alone', () => {
    const [once, again, other] = [1, 1, 2].map((seed) => make(tf, chapter, [32, 32, 3], seed));
    const kernel = (networks: Networks, name: string) => [...networkWeights(networks.generatorAToB).get(name)!.dataSync()];
    const name = 'generatorAToB/d4/kernel';
    assert.equal(kernel(once!, name), kernel(again!, name));
    assert.not.equal(kernel(once!, name), kernel(other!, name));
    assert.not.equal(kernel(once!, name), [...networkWeights(once!.generatorBToA).get('generatorBToA/d4/kernel')!.dataSync()]);
    assert.equal(kernel(once!, name), [...initialKernel([3, 3, 2, 4], resolveModel(chapter), 1, name)]);
    for (const networks of [once, again, other]) disposeNetworks(networks!);
  });

  test('glorot_uniform fills ±√(6/(fan in + fan out)); normal has its deviation', () => {
    const spec = resolveModel();
    const uniform = initialKernel([3, 3, 64, 64], spec, 1, 'x');
    const limit = Math.sqrt(6 / (9 * 128));
    const largest = uniform.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.ok(largest <= limit && largest > 0.99 * limit);
    const normal = initialKernel([3, 3, 64, 64], { init_type: 'normal', init_gain: 0.02 }, 1, 'x');
    const deviation = Math.sqrt(normal.reduce((sum, value) => sum + value * value, 0) / normal.length);
    assert.ok(Math.abs(deviation - 0.02) < 4e-4, String(deviation));
  });
}

function files(test: Test, tf: Tf): void {
  for (const [name, params] of Object.entries({ chapter, paper, mixed })) {
    test(`the ${name}'s networks are saved and read back: equal bytes, equal outputs`, async () => {
      const networks = make(tf, params, [32, 32, 3]);
      const image = tf.randomUniform([1, 32, 32, 3], -1, 1, 'float32', 5) as Tensor4D;
      for (const network of networkNames) {
        const files = await saveModel(tf, networks[network]);
        assert.equal(await saveModel(tf, networks[network]), files);
        const loaded = await loadModel(tf, files);
        assert.is(loaded.name, network);
        const [expected, found] = [networks[network], loaded].map((model) => [...(model.predict(image) as Tensor4D).dataSync()]);
        const worst = expected!.reduce((most, value, index) => Math.max(most, Math.abs(value - found![index]!)), 0);
        assert.ok(worst < 1e-5, `${network}: ${worst}`);
        loaded.dispose();
      }
      disposeNetworks(networks);
    });
  }

  test('weights in a Buffer that is a window on other memory are read as they are', async () => {
    const networks = make(tf, chapter, [32, 32, 3]);
    const files = await saveModel(tf, networks.discriminatorA);
    const pool = Buffer.alloc(files.weights.length + 24, 1);
    pool.set(files.weights, 12);
    const loaded = await loadModel(tf, { ...files, weights: pool.subarray(12, 12 + files.weights.length) });
    assert.equal(Buffer.from((await saveModel(tf, loaded)).weights), Buffer.from(files.weights));
    loaded.dispose();
    disposeNetworks(networks);
  });

  test('a saved network names its weights by layer and holds nothing else', async () => {
    const networks = make(tf, chapter, [32, 32, 3]);
    const { modelJson, weights } = await saveModel(tf, networks.generatorBToA);
    const { weightsManifest } = JSON.parse(modelJson) as { weightsManifest: { weights: { name: string; shape: number[] }[] }[] };
    const stored = weightsManifest.flatMap((group) => group.weights);
    assert.ok(stored.some(({ name }) => name === 'R8_2_b_norm/moving_variance'));
    assert.is(weights.length, 4 * stored.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0));
    disposeNetworks(networks);
  });
}

function make(tf: Tf, params: ModelParams, shape: ImageShape, seed = 1): Networks {
  const made = createNetworks(tf, resolveModel(params), shape, seed);
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}
