/**
 * Our convolution gradients on wasm beside tfjs's own, in turn in one process: `node --import tsx bench/wasm-kernels.ts`.
 * tfjs has no filter gradient on wasm; its time stands alone, beside the forward convolution's.
 */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { loadEngine } from '../stages/engine/index.ts';
import type { Rank } from '../stages/engine/tf.ts';

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

const rounds = 7;

/** The median of the seconds that `work` takes, after one call that does not count. */
function leastSeconds(work: () => void): number {
  work();
  const times = Array.from({ length: rounds }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  });
  return Math.min(...times);
}

function measure({ size, filter, stride }: Layer) {
  const x = tf.randomNormal<Rank.R4>([1, size, size, filter[2]]);
  const weights = tf.randomNormal<Rank.R4>(filter);
  const dy = tf.conv2d(x, weights, stride, 'same');
  const inputGradient = (kernel: typeof ours) => () => {
    tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
    tf.registerKernel(kernel);
    tf.tidy(() => tf.conv2dTranspose(dy, weights, x.shape, stride, 'same').dataSync());
  };
  const filterGradient = () => tf.tidy(() => tf.grad((w) => tf.conv2d(x, w as typeof weights, stride, 'same'))(weights, dy).dataSync());
  const forward = leastSeconds(() => tf.tidy(() => tf.conv2d(x, weights, stride, 'same').dataSync()));
  return { forward, filter: leastSeconds(filterGradient), theirs: leastSeconds(inputGradient(theirs)), ours: leastSeconds(inputGradient(ours)) };
}

const milliseconds = (seconds: number) => (seconds * 1000).toFixed(1).padStart(10);

console.log(`${'layer'.padEnd(32)}   forward    filter    input, tfjs   input, ours   ratio   (CPU ms, least of ${rounds})`);
for (const layer of layers) {
  const times = measure(layer);
  console.log(`${layer.name.padEnd(32)}${milliseconds(times.forward)}${milliseconds(times.filter)}${milliseconds(times.theirs)}     ${milliseconds(times.ours)}     ${(times.theirs / times.ours).toFixed(1)}×`);
}
