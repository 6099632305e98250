/** Runs evaluate on wasm without the runner: images of a few drawn scenes, generators with known behaviour. */
import * as assert from 'uvu/assert';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../../pipeline/failure.ts';
import type { EngineSelection, StageDefinition, StageInput } from '../../../pipeline/stage.ts';
import { loadEngine } from '../../../stages/engine/index.ts';
import type { LayersModel, Tf } from '../../../stages/engine/tf.ts';
import { evaluateStage } from '../../../stages/evaluate/definition.ts';
import type { Evaluation } from '../../../stages/evaluate/evaluation.ts';
import { domains, splits, type Domain, type Split } from '../../../stages/image-set/image-set.ts';
import type { Picture } from '../../../stages/image/picture.ts';
import { saveModel } from '../../../stages/model/saved-model.ts';
import { createImages } from '../../../stages/npy/index.ts';
import { normalizeStage } from '../../../stages/normalize/definition.ts';
import { synthesizeStage } from '../../../stages/synthesize/definition.ts';
import { codeOf, createRig, inputFrom, messageOf, type RunOptions, type StageRun } from '../stage-rig.ts';

const engine: EngineSelection = { backend: 'wasm', version: '4.22.0', device: 'cpu' };
export const rig = await createRig();

export const params = { images: 300, directions: 8, strip: 3, weights: 'auto', epochs: false };

/** The stage as the runner starts it: with an engine. */
const withEngine: StageDefinition<never> = {
  ...(evaluateStage as unknown as StageDefinition<never>),
  load: async () => {
    const implementation = await evaluateStage.load();
    return { run: (context) => implementation.run({ ...context, engine } as never) };
  },
};

export const evaluate = (inputs: readonly StageInput[], more: object = {}, options: RunOptions = {}): Promise<StageRun> =>
  rig.run(withEngine, { ...params, ...more }, { ...options, inputs });

export const evaluationOf = async (run: StageRun): Promise<Evaluation> => {
  assert.is(codeOf(run.result), 'ok', messageOf(run.result));
  return JSON.parse(await readFile(join(run.out, 'evaluation.json'), 'utf8')) as Evaluation;
};

export async function tensors(): Promise<Tf> {
  return valueOf(await loadEngine(engine)).tf;
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** What normalize makes of `test` painterly pairs. */
export async function arrays(size: number, test = 6): Promise<StageInput> {
  const drawn = await rig.run(synthesizeStage, { task: 'painterly', size, train: 6, test });
  const normalized = await rig.run(normalizeStage, { range: [-1, 1] }, { inputs: [await inputFrom(drawn.out, 'synthesize')] });
  return inputFrom(normalized.out, 'normalize');
}

let folders = 0;

/** What normalize makes of these pictures of one shape: an unpaired set. */
export async function arraysOf(set: Readonly<Record<Split, Readonly<Record<Domain, readonly Picture[]>>>>): Promise<StageInput> {
  const folder = join(rig.folder, `arrays-${++folders}`);
  for (const split of splits) {
    await mkdir(join(folder, split), { recursive: true });
    for (const domain of domains) {
      const pictures = set[split][domain];
      const { height, width, channels } = pictures[0]!;
      const array = await createImages(join(folder, split, `${domain}.npy`), 'float32', [pictures.length, height, width, channels]);
      for (const { data } of pictures) await array.write(data.map((value) => 2 * value - 1));
      await array.close();
      await writeFile(join(folder, split, `${domain}.json`), JSON.stringify(pictures.map((_, i) => `${i}.png`)));
    }
  }
  await writeFile(join(folder, 'image-set.json'), JSON.stringify({ format: 'arrays', splits: { train: { paired: false }, test: { paired: false } } }));
  return inputFrom(folder, 'normalize');
}

/** What train writes, by path below models/; the terms of its losses say what it was trained for. */
export async function trainOutputs(models: Readonly<Record<string, LayersModel>>, stage = 'train', terms: readonly string[] = ['adversarial_AToB']): Promise<StageInput> {
  const folder = join(rig.folder, `trained-${++folders}`);
  for (const [name, model] of Object.entries(models)) await writeModel(join(folder, 'models', name), model);
  await writeFile(join(folder, 'metrics.jsonl'), `${JSON.stringify({ epoch: 1, terms: Object.fromEntries(terms.map((term) => [term, 1])) })}\n`);
  return inputFrom(folder, stage);
}

export const supervisedTerms = ['supervised_AToB', 'supervised_BToA'];

export async function writeModel(folder: string, model: LayersModel): Promise<void> {
  const { modelJson, weights } = await saveModel(await tensors(), model);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.json'), modelJson);
  await writeFile(join(folder, 'weights.bin'), weights);
}

/** A network from an image to `scale` times it, values in [−1, 1]. */
export async function scaling(size: number, scale = 1, channels = 3): Promise<LayersModel> {
  const tf = await tensors();
  const input = tf.input({ shape: [size, size, channels] });
  const layer = tf.layers.depthwiseConv2d({ kernelSize: 1, useBias: false });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as ReturnType<typeof tf.input> });
  tf.tidy(() => layer.setWeights([tf.fill([1, 1, channels, 1], scale)]));
  return model;
}

/** Generators that hand on what they get. */
export async function identities(size: number): Promise<StageInput> {
  return trainOutputs({ generatorAToB: await scaling(size), generatorBToA: await scaling(size) });
}
