// Each format opened by its own reader, with other images than it was trained on: the numbers are ours.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayersModel, Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { exportStage } from '../../../stages/export/definition.ts';
import { formats } from '../../../stages/export/schema.ts';
import { generator } from '../../../stages/model/generator.ts';
import type { GeneratorSpec, NormSpec } from '../../../stages/model/spec.ts';
import { rig, tensors, trainOutputs } from '../evaluate/evaluate-rig.ts';
import { findPython } from '../find-python.ts';
import { codeOf, contentOf, filesBelow, messageOf } from '../stage-rig.ts';

test.after(() => rig.remove());

const instance = (kind: 'row' | 'channel', affine = true): NormSpec => ({ kind, epsilon: 1e-3, affine });
const batch: NormSpec = { kind: 'batch', epsilon: 1e-3, momentum: 0.99 };
const common = { filters: 4, residual_blocks: 2, use_bias: true, output: 'tanh' } as const;
/** Everything that a generator can have, in two recipes. */
const recipes: Readonly<Record<string, { readonly spec: GeneratorSpec; readonly height: number }>> = {
  chapter: { spec: { ...common, norm: instance('row'), residual_norm: batch, padding: 'zero', strided_padding: 'same', transposed_use_bias: false }, height: 32 },
  paper: { spec: { ...common, norm: instance('channel', false), residual_norm: instance('channel'), padding: 'reflect', strided_padding: 'symmetric', transposed_use_bias: true }, height: 40 },
};
const width = 44;

/** Weights that are all different, so that none can stand in another's place. */
function network(tf: Tf, spec: GeneratorSpec, name: string): LayersModel {
  const model = generator(tf, name, spec, [32, 32, 3]);
  model.setWeights(model.getWeights().map((weight, index) => tf.randomUniform(weight.shape, 0.01, 0.2, 'float32', index + name.length)));
  return model;
}

async function exported(recipe: string) {
  const tf = await tensors();
  const { spec, height } = recipes[recipe]!;
  const AtoB = network(tf, spec, 'generatorAToB');
  const inputs = [await trainOutputs({ generatorAToB: AtoB, generatorBToA: network(tf, spec, 'generatorBToA') })];
  const run = await rig.run(exportStage, { formats, weights: 'auto', folder: 'exported', run: 'some-run' }, { inputs });
  assert.is(codeOf(run.result), 'ok', messageOf(run.result));
  const whole = generator(tf, 'generatorAToB', spec, [height, width, 3]);
  whole.setWeights(AtoB.getWeights());
  const images = tf.randomUniform([2, height, width, 3], -1, 1, 'float32', 9) as Tensor4D;
  const expected = await (whole.predict(images) as Tensor4D).data<'float32'>();
  return { run, inputs, tf, images, expected, folder: join(run.out, 'exported') };
}

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  assert.is(actual.length, expected.length);
  return expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - actual[index]!)), 0);
}

async function readByPython(python: string, reader: string, given: Awaited<ReturnType<typeof exported>>): Promise<Float32Array> {
  const { folder, images } = given;
  await writeFile(join(folder, 'images.bin'), new Uint8Array((await images.data()).buffer));
  const script = fileURLToPath(new URL('./readers.py', import.meta.url));
  await promisify(execFile)(python, [script, reader, folder, JSON.stringify(images.shape)], { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  return new Float32Array(new Uint8Array(await readFile(join(folder, 'translated.bin'))).buffer);
}

const readers = [['onnx', 'onnxruntime'], ['keras', 'keras'], ['savedmodel', 'tensorflow']] as const;
const pythons = new Map(readers.map(([, module]) => [module, findPython(module)]));
for (const [module, python] of pythons) if (python === undefined) console.log(`skipped: no Python with ${module} (test/requirements.txt)`);

for (const recipe of Object.keys(recipes)) {
  test(`${recipe}: every format is there with its card, and the same networks give the same bytes`, async () => {
    const first = await exported(recipe);
    assert.equal(await filesBelow(first.folder), [
      'keras/MODEL.md', 'keras/generatorAToB.keras', 'keras/generatorBToA.keras', 'keras/giverny_layers.py',
      'onnx/MODEL.md', 'onnx/generatorAToB.onnx', 'onnx/generatorBToA.onnx',
      'savedmodel/MODEL.md', 'savedmodel/generatorAToB/saved_model.pb', 'savedmodel/generatorBToA/saved_model.pb',
      'tfjs/MODEL.md', 'tfjs/generatorAToB/model.json', 'tfjs/generatorAToB/weights.bin', 'tfjs/generatorBToA/model.json', 'tfjs/generatorBToA/weights.bin', 'tfjs/giverny-layers.js',
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const again = await rig.run(exportStage, { formats, weights: 'auto', folder: 'exported', run: 'some-run' }, { inputs: first.inputs });
    assert.equal(await contentOf(again.out), await contentOf(first.run.out));
    const card = await readFile(join(first.folder, 'onnx', 'MODEL.md'), 'utf8');
    assert.match(card, /some-run/);
    assert.match(card, recipe === 'chapter' ? /the height must be 32/ : /any multiples of 4\./);
    assert.match(card, /onnxruntime/);
  });

  test(`${recipe}: tfjs with the layers that lie beside it`, async () => {
    const { tf, images, expected, folder } = await exported(recipe);
    const { registerGivernyLayers } = (await import(pathToFileURL(join(folder, 'tfjs', 'giverny-layers.js')).href)) as { registerGivernyLayers(tf: Tf): void };
    registerGivernyLayers(tf);
    const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, 'tfjs', 'generatorAToB', 'model.json'), 'utf8')) as { modelTopology: object; weightsManifest: { weights: [] }[] };
    const weightData = new Uint8Array(await readFile(join(folder, 'tfjs', 'generatorAToB', 'weights.bin'))).buffer;
    const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0]!.weights, weightData }));
    assert.ok(largestDifference(await (model.predict(images) as Tensor4D).data<'float32'>(), expected) < 1e-5);
  });

  for (const [reader, module] of readers) {
    const python = pythons.get(module);
    if (python === undefined) {
      test.skip(`${recipe}: ${reader} by ${module}`, () => undefined);
      continue;
    }
    test(`${recipe}: ${reader} by ${module}`, async () => {
      const given = await exported(recipe);
      const difference = largestDifference(await readByPython(python, reader, given), given.expected);
      assert.ok(difference < 1e-4, String(difference));
    });
  }
}

test('a half line of metrics, as a killed run leaves it, is passed over', async () => {
  const tf = await tensors();
  const input = await trainOutputs({ generatorAToB: network(tf, recipes['paper']!.spec, 'generatorAToB'), generatorBToA: network(tf, recipes['paper']!.spec, 'generatorBToA') });
  await writeFile(input.locate('metrics.jsonl'), '{"epoch":1,"iteration":30}\n{"epoch":2,"itera');
  const run = await rig.run(exportStage, { formats: ['onnx'], weights: 'auto', folder: 'exported' }, { inputs: [input] });
  assert.is(codeOf(run.result), 'ok', messageOf(run.result));
  assert.match(await readFile(join(run.out, 'exported', 'onnx', 'MODEL.md'), 'utf8'), /1 epochs, 30 iterations/);
});

test.run();
