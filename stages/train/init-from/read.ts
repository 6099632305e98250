/** Gives networks the weights of others of the same layers and shapes. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok } from '../../../pipeline/failure.ts';
import type { Result } from '../../../pipeline/failure.ts';
import type { PlannedOutside } from '../../../pipeline/stage.ts';
import type { LayersModel, NamedTensorMap, Tf, Variable, io } from '../../engine/tf.ts';
import { networkWeights } from '../../model/network-weights.ts';
import { networkNames } from '../../model/networks.ts';
import type { NetworkName, Networks } from '../../model/networks.ts';
import { initFromFailed } from './failures.ts';
import { networkFiles, networksUsed } from './network-folder.ts';

/** The files that the key speaks of: the `files` of what `prepareInitFrom` gave as `outside`, after planning. */
export type PlannedFiles = NonNullable<PlannedOutside['files']>;

/**
 * Overwrites the weights (moving statistics too) of the networks that lie in `folder`, which `prepareInitFrom` named;
 * resolves to those: without discriminators there, ours stay as they are. Nothing is overwritten unless all fit, and
 * unless the bytes read are those `planned`, if given: checkpoints are kept under what those were.
 * Fails with `train-init-mismatch` naming the first weight that differs, or with `train-init-damaged`.
 */
export async function readInitialNetworks(folder: string, networks: Networks, tf: Tf, planned?: PlannedFiles): Promise<Result<readonly NetworkName[]>> {
  const names = planned === undefined ? networksUsed(folder) : networkNames.filter((name) => planned.some(({ path }) => path === `${name}/${networkFiles[0]}`));
  if (names.length === 0) return damaged(folder, 'holds no networks any more');
  const pending: (() => void)[] = [];
  const read: NamedTensorMap[] = [];
  try {
    for (const name of names) {
      const saved = await readWeights(folder, name, tf, planned);
      if (!saved.ok) return saved;
      read.push(saved.value);
      const fitted = fit(name, networks[name], saved.value);
      if (!fitted.ok) return fitted;
      pending.push(...fitted.value);
    }
    for (const assign of pending) assign();
    return ok(names);
  } finally {
    tf.dispose(read);
  }
}

/** By name, as training wrote them: `c7s1_32/kernel`. */
async function readWeights(parent: string, name: NetworkName, tf: Tf, planned: PlannedFiles | undefined): Promise<Result<NamedTensorMap>> {
  const folder = join(parent, name);
  try {
    const [model, bytes] = await Promise.all(networkFiles.map((file) => readFile(join(folder, file)))) as [Buffer, Buffer];
    const changed = planned && networkFiles.find((file, index) => !isPlanned([model, bytes][index]!, `${name}/${file}`, planned));
    if (changed !== undefined) return changedSincePlan(join(folder, changed));
    const { weightsManifest } = JSON.parse(model.toString('utf8')) as { weightsManifest: readonly { weights: io.WeightsManifestEntry[] }[] };
    const specs = weightsManifest.flatMap((group) => group.weights);
    const told = specs.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1), 0);
    if (specs.some(({ dtype, quantization }) => dtype !== 'float32' || quantization !== undefined)) return damaged(folder, 'holds weights that are not float32');
    if (told !== bytes.length) return damaged(folder, `says ${told} bytes of weights, and weights.bin has ${bytes.length}`);
    return ok(tf.io.decodeWeights(new Uint8Array(bytes).buffer, specs));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return damaged(folder, code === undefined ? 'holds a model.json that is not one' : `cannot be read (${code})`);
  }
}

const isPlanned = (content: Uint8Array, path: string, planned: PlannedFiles): boolean =>
  planned.some((file) => file.path === path && file.digest === createHash('sha256').update(content).digest('hex'));

const changedSincePlan = (file: string) => initFromFailed('train-init-damaged', `init_from: ${file} changed after the plan was made`, {
  hint: 'Nothing was trained; the same command plans anew.',
});

const damaged = (folder: string, what: string) => initFromFailed('train-init-damaged', `init_from: ${folder} ${what}`, { expected: 'model.json and weights.bin as training left them' });

/** The assignments to make once everything is known to fit. */
function fit(name: NetworkName, network: LayersModel, saved: NamedTensorMap): Result<readonly (() => void)[]> {
  const own = [...networkWeights(network)].map(([path, variable]) => [path.slice(name.length + 1), variable] as const);
  const difference = firstDifference(own, saved);
  if (difference !== undefined) {
    return initFromFailed('train-init-mismatch', `init_from: ${name}: ${difference}`, {
      expected: 'networks of the same layers and shapes',
      hint: 'take over the model of that run; with row normalization the images must be as high as they were there',
    });
  }
  return ok(own.map(([path, variable]) => () => void variable.assign(saved[path]!)));
}

function firstDifference(own: readonly (readonly [path: string, variable: Variable])[], saved: NamedTensorMap): string | undefined {
  for (const [path, { shape }] of own) {
    const found = saved[path]?.shape;
    if (found === undefined) return `it has no ${path}, which this config's has ${sizes(shape)}`;
    if (sizes(found) !== sizes(shape)) return `its ${path} is ${sizes(found)}, and this config's ${sizes(shape)}`;
  }
  const known = new Set(own.map(([path]) => path));
  const more = Object.keys(saved).find((path) => !known.has(path));
  return more === undefined ? undefined : `it has ${more}, and this config's has not`;
}

const sizes = (shape: readonly number[]): string => shape.join('×') || 'a single value';
