/**
 * Our kernels on wasm beside tfjs's own, in turn in one process: `node --import tsx bench/wasm-kernels.ts [steps]`. First the
 * convolutions of the two networks, then whole training steps: with our input gradient and with tfjs's. tfjs has no filter
 * gradient on wasm; its time stands alone, beside the forward convolution's, and both kinds of steps take ours.
 * `GIVERNY_WASM_THREADS` sets the threads.
 */
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import type { Rank, Scalar, Tensor, Tensor4D } from '../stages/engine/tf.ts';
import { loadWasm } from '../stages/engine/wasm/load.ts';
import { createNetworks, disposeNetworks } from '../stages/model/networks.ts';
import { resolveModel, type ModelParams } from '../stages/model/schema.ts';
import { createTrainer } from '../stages/train/step/cyclegan.ts';
import type { TrainerSettings } from '../stages/train/step/settings.ts';

// Node compiles wasm quickly first and well later, in the background: here only well, so that no round measures the other.
setFlagsFromString('--no-liftoff');

const require = createRequire(import.meta.url);
const core = require('@tensorflow/tfjs-core') as typeof import('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-wasm');
const theirs = core.getKernel('Conv2DBackpropInput', 'wasm');
const loaded = await loadWasm(Number(process.env['GIVERNY_WASM_THREADS'] ?? 1));
if (!loaded.ok) throw new Error(loaded.failure.message);
const tf = loaded.value;
const ours = tf.getKernel('Conv2DBackpropInput', 'wasm');

/** Takes one of the two in use. */
function take(kernel: typeof ours): void {
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel(kernel);
}

interface Layer {
  readonly name: string;
  readonly size: number;
  readonly filter: [number, number, number, number];
  readonly stride: number;
}

const layers: readonly Layer[] = [
  { name: 'quickstart c7s1, 3 → 16', size: 64, filter: [7, 7, 3, 16], stride: 1 },
  { name: 'quickstart d, 16 → 32, stride 2', size: 64, filter: [3, 3, 16, 32], stride: 2 },
  { name: 'quickstart R, 64 → 64', size: 16, filter: [3, 3, 64, 64], stride: 1 },
  { name: 'quickstart c7s1, 16 → 3', size: 64, filter: [7, 7, 16, 3], stride: 1 },
  { name: 'chapter R, 128 → 128', size: 32, filter: [3, 3, 128, 128], stride: 1 },
  { name: 'chapter d, 64 → 128, stride 2', size: 64, filter: [3, 3, 64, 128], stride: 2 },
  { name: 'chapter C, 128 → 256, stride 2', size: 32, filter: [4, 4, 128, 256], stride: 2 },
  { name: 'chapter c7s1, 32 → 3', size: 128, filter: [7, 7, 32, 3], stride: 1 },
];

const rounds = 15;

type Work = Readonly<Record<'forward' | 'filter' | 'theirs' | 'ours', () => void>>;

function workOf({ size, filter, stride }: Layer): Work {
  const x = tf.randomNormal<Rank.R4>([1, size, size, filter[2]]);
  const weights = tf.randomNormal<Rank.R4>(filter);
  const dy = tf.conv2d(x, weights, stride, 'same');
  const inputGradient = (kernel: typeof ours) => () => {
    take(kernel);
    compute(() => tf.conv2dTranspose(dy, weights, x.shape, stride, 'same'));
  };
  return {
    forward: () => compute(() => tf.conv2d(x, weights, stride, 'same')),
    filter: () => compute(() => tf.grad((w) => tf.conv2d(x, w as typeof weights, stride, 'same'))(weights, dy)),
    theirs: inputGradient(theirs),
    ours: inputGradient(ours),
  };
}

/** Computes a tensor and reads it. Not as what tidy returns: in that it looks for tensors, number by number, for longer than the kernels take. */
function compute(make: () => Tensor): void {
  tf.tidy(() => {
    make().dataSync();
  });
}

interface Times {
  /** Milliseconds. */
  readonly wall: number;
  readonly cpu: number;
}

function timed(work: () => void): Times {
  const [start, used] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(used);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

/** The medians of each; one after the other in every round, so that all meet the same disturbances. */
function measure<Name extends string>(works: Readonly<Record<Name, () => void>>, count: number): Readonly<Record<Name, Times>> {
  const names = Object.keys(works) as Name[];
  for (const name of names) works[name]();
  const runs = Array.from({ length: count }, () => Object.fromEntries(names.map((name) => [name, timed(works[name])])) as Record<Name, Times>);
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;
  const medianOf = (name: Name): Times => ({ wall: median(runs.map((run) => run[name].wall)), cpu: median(runs.map((run) => run[name].cpu)) });
  return Object.fromEntries(names.map((name) => [name, medianOf(name)])) as Record<Name, Times>;
}

interface Recipe {
  readonly size: number;
  readonly model: ModelParams;
  readonly settings: TrainerSettings;
}

const adam = { beta1: 0.5, beta2: 0.999, epsilon: 1e-7 };

const recipes: Readonly<Record<string, Recipe>> = {
  'quickstart, 64 px': {
    size: 64,
    model: {
      generator: { filters: 16, residual_blocks: 3, norm: 'channel', residual_norm: 'channel', padding: 'reflect', use_bias: false },
      discriminator: { filters: 16, strides: [2, 2, 2, 1], norm: 'channel', use_bias: false, output: 'linear' }, init_type: 'normal',
    },
    settings: {
      loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [5, 5] }, gan: 'mse', discriminator_weight: 0.5 },
      optimizer: { ...adam, shared_counter: false }, update_order: 'generators_first', discriminator_updates: 'joint',
    },
  },
  'chapter, 128 px': {
    size: 128,
    model: {},
    settings: {
      loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] }, gan: 'mse', discriminator_weight: 1 },
      optimizer: { ...adam, shared_counter: true }, update_order: 'discriminators_first', discriminator_updates: 'separate',
    },
  },
};

/** A step with each of the two input gradients, in turn. */
function measureSteps({ size, model, settings }: Recipe, steps: number): Readonly<Record<'theirs' | 'ours', Times>> {
  const networks = createNetworks(tf, resolveModel(model), [size, size, 3], 1);
  if (!networks.ok) throw new Error(networks.failure.message);
  const trainer = createTrainer(tf, networks.value, settings);
  const image = (seed: number) => tf.randomUniform([1, size, size, 3], -1, 1, 'float32', seed) as Tensor4D;
  const [realA, realB, rate] = [image(1), image(2), tf.scalar(2e-4) as Scalar];
  const step = (kernel: typeof ours) => () => {
    take(kernel);
    const output = trainer.step({ realA, realB }, rate);
    for (const loss of Object.values(output.losses)) loss.dataSync();
    tf.dispose(output as unknown as Tensor[]);
  };
  const times = measure({ theirs: step(theirs), ours: step(ours) }, steps);
  trainer.dispose();
  disposeNetworks(networks.value);
  tf.dispose([realA, realB, rate]);
  return times;
}

const cell = (milliseconds: number) => milliseconds.toFixed(1).padStart(10);
const ratio = ({ theirs, ours }: Readonly<Record<'theirs' | 'ours', Times>>) => `${(theirs.cpu / ours.cpu).toFixed(2)}×`.padStart(9);

console.log(`${'layer'.padEnd(34)}   forward    filter  in, tfjs  in, ours    ratio   (CPU ms, medians of ${rounds})`);
for (const layer of layers) {
  const times = measure(workOf(layer), rounds);
  console.log(`${layer.name.padEnd(34)}${[times.forward, times.filter, times.theirs, times.ours].map(({ cpu }) => cell(cpu)).join('')}${ratio(times)}`);
}
const steps = Number(process.argv[2] ?? 5);
console.log(`\n${'step'.padEnd(34)}${['tfjs, wall', 'tfjs, CPU', 'ours, wall', 'ours, CPU'].map((title) => title.padStart(12)).join('')}    ratio   (ms, medians of ${steps})`);
for (const [name, recipe] of Object.entries(recipes)) {
  const times = measureSteps(recipe, steps);
  console.log(`${name.padEnd(34)}${[times.theirs.wall, times.theirs.cpu, times.ours.wall, times.ours.cpu].map((value) => value.toFixed(0).padStart(12)).join('')}${ratio(times)}`);
}
