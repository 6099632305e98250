/** What holds of any networks that a config can ask for, on one engine: many random models and image sizes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import Ajv2020 from 'ajv/dist/2020.js';
import type { LayersModel, Scalar, Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { patches } from '../../../stages/model/image-size.ts';
import { networkWeights } from '../../../stages/model/network-weights.ts';
import { createNetworks, disposeNetworks, networkNames, type NetworkName } from '../../../stages/model/networks.ts';
import { loadModel, saveModel } from '../../../stages/model/saved-model.ts';
import { modelSchema, resolveModel, type ModelParams } from '../../../stages/model/schema.ts';
import type { DiscriminatorSpec, GeneratorSpec, ImageShape, ModelSpec, NormSpec } from '../../../stages/model/spec.ts';
import { randomStream } from '../../../stages/random.ts';
import { testEngine } from '../../helpers/test-engine.ts';

const models = 16;
const batch = 2;
const fits = new Ajv2020.default({ allowUnionTypes: true }).compile(modelSchema);

export async function anySpecTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const test = suite(`any networks on ${backend}`);
  const tf = await testEngine(backend);
  for (let seed = 1; tf !== undefined && seed <= models; seed++) {
    const { params, shape } = drawModel(seed);
    test(`${shape.join('×')} ${JSON.stringify(params)}`, () => checkModel(tf, params, shape));
  }
  test.run();
}

async function checkModel(tf: Tf, params: ModelParams, shape: ImageShape): Promise<void> {
  assert.ok(fits(params), JSON.stringify(fits.errors));
  const spec = resolveModel(params);
  const made = createNetworks(tf, spec, shape, 1);
  if (!made.ok) {
    assert.ok(tooSmall(shape, spec), made.failure.message);
    assert.is(made.failure.code, 'image-too-small');
    return;
  }
  assert.not(tooSmall(shape, spec));
  const image = tf.randomUniform([batch, ...shape], -1, 1, 'float32', 5) as Tensor4D;
  for (const name of networkNames) {
    const network = made.value[name];
    assert.is(network.countParams(), parametersOf(name, spec, shape), `parameters of ${name}`);
    const check = () => checkForwardAndGradient(tf, network, image, outputShape(name, spec, shape));
    check();
    // The first time an engine may make constants that it keeps.
    const before = tf.memory().numTensors;
    check();
    assert.is(tf.memory().numTensors, before);
    await checkRoundTrip(tf, network, image);
  }
  tf.dispose(image);
  disposeNetworks(made.value);
}

const isGenerator = (name: NetworkName) => name.startsWith('generator');

const outputShape = (name: NetworkName, { discriminator: { strides } }: ModelSpec, [height, width, channels]: ImageShape): number[] =>
  isGenerator(name) ? [batch, height, width, channels] : [batch, patches(height, strides), patches(width, strides), 1];

/** Every weight but a bias before a channel or batch norm has a gradient, and all of it is finite. */
function checkForwardAndGradient(tf: Tf, network: LayersModel, image: Tensor4D, shape: number[]): void {
  const variables = [...networkWeights(network, 'trainable').values()];
  tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => {
      const output = network.apply(image, { training: true }) as Tensor4D;
      assert.equal(output.shape, shape);
      return tf.mean(tf.square(tf.sub(output, 0.3))) as Scalar;
    }, variables);
    assert.ok(Number.isFinite(value.dataSync()[0]));
    for (const [name, { name: key }] of networkWeights(network, 'trainable')) {
      const gradient = grads[key]!.dataSync();
      assert.ok(gradient.every(Number.isFinite), `gradient of ${name}`);
      assert.ok(!name.endsWith('/kernel') || gradient.some((g) => g !== 0), `no gradient reaches ${name}`);
    }
  });
}

async function checkRoundTrip(tf: Tf, network: LayersModel, image: Tensor4D): Promise<void> {
  const files = await saveModel(tf, network);
  const loaded = await loadModel(tf, files);
  const [expected, found] = [network, loaded].map((model) => tf.tidy(() => [...(model.predict(image) as Tensor4D).dataSync()]));
  assert.equal(found, expected);
  assert.equal(await saveModel(tf, loaded), files);
  loaded.dispose();
}

/** As the papers count them, without the code that builds the networks. */
function parametersOf(name: NetworkName, { generator, discriminator }: ModelSpec, shape: ImageShape): number {
  return isGenerator(name) ? generatorParameters(generator, shape) : discriminatorParameters(discriminator, shape);
}

const convolution = (taps: number, inputs: number, outputs: number, bias: boolean) => taps ** 2 * inputs * outputs + (bias ? outputs : 0);

function normParameters(norm: NormSpec, height: number, channels: number): number {
  if (norm.kind === 'batch') return 4 * channels;
  return norm.affine ? 2 * (norm.kind === 'row' ? height : channels) : 0;
}

function generatorParameters(spec: GeneratorSpec, [height, , channels]: ImageShape): number {
  const k = spec.filters;
  const outer = (taps: number, inputs: number, outputs: number, at: number) => convolution(taps, inputs, outputs, spec.use_bias) + normParameters(spec.norm, at, outputs);
  const up = (inputs: number, outputs: number, at: number) => convolution(3, inputs, outputs, spec.transposed_use_bias) + normParameters(spec.norm, at, outputs);
  const residual = 2 * (convolution(3, 4 * k, 4 * k, spec.use_bias) + normParameters(spec.residual_norm, height / 4, 4 * k));
  return outer(7, channels, k, height) + outer(3, k, 2 * k, height / 2) + outer(3, 2 * k, 4 * k, height / 4) + spec.residual_blocks * residual
    + up(4 * k, 2 * k, height / 2) + up(2 * k, k, height) + convolution(7, k, channels, true);
}

function discriminatorParameters(spec: DiscriminatorSpec, [height, , channels]: ImageShape): number {
  let [count, inputs, at] = [0, channels, height];
  for (const [index, stride] of spec.strides.entries()) {
    const outputs = Math.min(2 ** index, 8) * spec.filters;
    at = Math.floor((at - 2) / stride) + 1;
    count += convolution(4, inputs, outputs, index === 0 || spec.use_bias) + (index === 0 ? 0 : normParameters(spec.norm, at, outputs));
    inputs = outputs;
  }
  return count + convolution(4, inputs, 1, true);
}

/** The last convolution needs 2 positions to have 1; each before it makes floor((n − 2)/stride) + 1 of n. */
function tooSmall([height, width]: ImageShape, { discriminator: { strides } }: ModelSpec): boolean {
  const last = strides.reduce((n, stride) => Math.floor((n - 2) / stride) + 1, Math.min(height, width));
  return Math.min(height, width) < 8 || last < 2;
}

function drawModel(seed: number): { readonly params: ModelParams; readonly shape: ImageShape } {
  const stream = randomStream(seed, 'any model');
  const among = <T>(...values: T[]): T => values[Math.floor(stream.next() * values.length)]!;
  const norm = () => among<NonNullable<NonNullable<ModelParams['generator']>['norm']>>(
    'row', 'channel', 'batch', { kind: 'row', affine: false }, { kind: 'channel', affine: true, epsilon: 1e-3 }, { kind: 'batch', momentum: 0.5 });
  const params: ModelParams = {
    generator: {
      filters: among(1, 2, 3), residual_blocks: among(0, 1, 3), norm: norm(), residual_norm: norm(), padding: among('zero', 'reflect'),
      strided_padding: among('same', 'symmetric'), use_bias: among(true, false), transposed_use_bias: among(true, false), output: among('tanh', 'linear'),
    },
    discriminator: { filters: among(2, 3), strides: among<(1 | 2)[]>([2, 2, 2, 2], [2, 2, 2, 1], [2, 1], [1], [2, 2, 1, 1, 1]), norm: norm(), use_bias: among(true, false), output: among('sigmoid', 'linear') },
    init_type: among('glorot_uniform', 'normal'), init_gain: among(0.02, 0.2),
  };
  const side = () => 4 * (1 + Math.floor(stream.next() * 12));
  return { params, shape: [side(), side(), among(1, 3)] };
}
