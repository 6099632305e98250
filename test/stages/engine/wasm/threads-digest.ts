// Prints how many threads the wasm backend has got of those asked for, and the digest of convolutions, products and their gradients.
import { createHash } from 'node:crypto';
import type { Tensor, Tensor2D, Tensor4D } from '../../../../stages/engine/tf.ts';
import { loadWasm } from '../../../../stages/engine/wasm/load.ts';

const loaded = await loadWasm(Number(process.argv[2]));
if (!loaded.ok) throw new Error(loaded.failure.message);
const tf = loaded.value;
const digest = createHash('sha256');
const add = (tensor: Tensor) => digest.update(new Uint8Array(tensor.dataSync<'float32'>().buffer));
const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

for (const [size, channels, filters, kernel, stride] of [[33, 3, 17, 7, 1], [32, 16, 24, 3, 2], [16, 64, 64, 3, 1], [18, 32, 3, 7, 1], [9, 16, 1, 4, 1]] as const) {
  const convolve = (x: Tensor, w: Tensor) => tf.square(tf.conv2d(x as Tensor4D, w as Tensor4D, stride, 'same'));
  for (const gradient of tf.grads(convolve)([random([2, size, size, channels], 1), random([kernel, kernel, channels, filters], 2)])) add(gradient);
}
add(tf.matMul(random([131, 77], 3) as Tensor2D, random([77, 203], 4) as Tensor2D));
const { getThreadsCount } = (tf.backend() as unknown as { wasm: { tfjs: { getThreadsCount(): number } } }).wasm.tfjs;
console.log(`${getThreadsCount()} ${digest.digest('hex')}`);
