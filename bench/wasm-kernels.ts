/**
 * Our convolution gradients on wasm beside tfjs's own, in turn in one process: `node --import tsx bench/wasm-kernels.ts`.
 * tfjs has no filter gradient on wasm; its time stands alone, beside the forward convolution's.
 */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { loadEngine } from '../stages/engine/index.ts';
import type { Rank, Tensor } from '../stages/engine/tf.ts';

// Node compiles wasm quickly first and well later, in the background: here only well, so that no round measures the other.
setFlagsFromString('--no-liftoff');

const require = createRequire(import.meta.url);
const core = require('@tensorflow/tfjs-core') as typeof import('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-wasm');
const theirs = core.getKernel('Conv2DBackpropInput', 'wasm');
const loaded = await loadEngine({ backend: 'wasm', version: '4.22.0', device: 'cpu' });
if (!loaded.ok) throw new Error(loaded.failure.message);
const tf = loaded.value.tf;
const ours = tf.getKernel('Conv2DBackpropInput', 'wasm');

interface Layer {
  readonly name: string;
  readonly size: number;
  readonly filter: [number, number, number, number];
  readonly stride: number;
}

const layers: readonly Layer[] = [
  { name: '3×3, 128 → 128, 32×32', size: 32, filter: [3, 3, 128, 128], stride: 1 },
  { name: '3×3 stride 2, 64 → 128, 64×64', size: 64, filter: [3, 3, 64, 128], stride: 2 },
  { name: '4×4 stride 2, 128 → 256, 32×32', size: 32, filter: [4, 4, 128, 256], stride: 2 },
  { name: '7×7, 32 → 3, 128×128', size: 128, filter: [7, 7, 32, 3], stride: 1 },
];

const rounds = 25;

interface Work {
  readonly forward: () => void;
  readonly filter: () => void;
  readonly theirs: () => void;
  readonly ours: () => void;
}

const names = ['forward', 'filter', 'theirs', 'ours'] as const;

function workOf({ size, filter, stride }: Layer): Work {
  const x = tf.randomNormal<Rank.R4>([1, size, size, filter[2]]);
  const weights = tf.randomNormal<Rank.R4>(filter);
  const dy = tf.conv2d(x, weights, stride, 'same');
  const inputGradient = (kernel: typeof ours) => () => {
    tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
    tf.registerKernel(kernel);
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

/** Seconds of this process's CPU time. */
function cpuSeconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** Of each, the least CPU time of `rounds`; one after the other in every round, so that all meet the same disturbances. */
function measure(work: Work): Readonly<Record<keyof Work, number>> {
  const least = { forward: Infinity, filter: Infinity, theirs: Infinity, ours: Infinity };
  for (const name of names) work[name]();
  for (let round = 0; round < rounds; round++) for (const name of names) least[name] = Math.min(least[name], cpuSeconds(work[name]));
  return least;
}

const milliseconds = (seconds: number) => (seconds * 1000).toFixed(1).padStart(10);

console.log(`${'layer'.padEnd(32)}   forward    filter    input, tfjs   input, ours   ratio   (CPU ms, least of ${rounds})`);
for (const layer of layers) {
  const times = measure(workOf(layer));
  console.log(`${layer.name.padEnd(32)}${milliseconds(times.forward)}${milliseconds(times.filter)}${milliseconds(times.theirs)}     ${milliseconds(times.ours)}     ${(times.theirs / times.ours).toFixed(1)}×`);
}
