/** What every peer begins with, as one file: our initial weights, and a few batches of images. */
import type { Tf } from '../../stages/engine/tf.ts';
import { networkWeights } from '../../stages/model/network-weights.ts';
import { createNetworks, disposeNetworks, networkNames, type Networks } from '../../stages/model/networks.ts';
import { randomStream } from '../../stages/random.ts';
import { writeSafetensors, type TensorSource } from '../../stages/train/safetensors.ts';
import { recipeOf, type Task } from './task.ts';

export const seed = 1;

/** Different batches; iteration i takes batch i modulo this. */
export const batches = 2;

/** Our networks with the weights that the file has. */
export function ourNetworks(tf: Tf, task: Task): Networks {
  const networks = createNetworks(tf, recipeOf(task).model, [task.size, task.size, 3], seed);
  if (!networks.ok) throw new Error(networks.failure.message);
  return networks.value;
}

/** Images `[batch, size, size, 3]`, uniform in [-1, 1). */
export function images({ size, batch }: Task, domain: 'A' | 'B', iteration: number): Float32Array {
  const stream = randomStream(seed, `bench images ${domain} ${iteration % batches}`);
  return Float32Array.from({ length: batch * size * size * 3 }, () => 2 * stream.next() - 1);
}

/** Weights by their names, `generatorAToB/d64/kernel`; images as `images/A/0`. */
export async function writeStartFile(tf: Tf, task: Task, file: string): Promise<void> {
  const networks = ourNetworks(tf, task);
  const weights = networkNames.flatMap((name) => [...networkWeights(networks[name])]).map(([name, variable]): TensorSource => ({
    name, dtype: 'F32', shape: variable.shape, read: () => variable.data() as Promise<Float32Array>,
  }));
  const shown = (['A', 'B'] as const).flatMap((domain) => Array.from({ length: batches }, (_, index): TensorSource => ({
    name: `images/${domain}/${index}`, dtype: 'F32', shape: [task.batch, task.size, task.size, 3], read: () => Promise.resolve(images(task, domain, index)),
  })));
  await writeSafetensors(file, [...weights, ...shown]);
  disposeNetworks(networks);
}
