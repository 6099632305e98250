// Which networks evaluate measures: averaged, supervised, of kept epochs; and the features of a network that the user names.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOutside } from '../../../pipeline/plan/outside.ts';
import { evaluateStage } from '../../../stages/evaluate/definition.ts';
import { resizePicture } from '../../../stages/evaluate/features/resize-picture.ts';
import { codeOf, filesBelow, messageOf, placesIn, prepared } from '../stage-rig.ts';
import { arrays, evaluate, evaluationOf, identities, params, rig, scaling, supervisedTerms, tensors, trainOutputs, valueOf, writeModel } from './evaluate-rig.ts';

test.after(() => rig.remove());

const images = await arrays(16, 8);
const [identity, paler] = [await scaling(16), await scaling(16, 0.5)];
const both = { generatorAToB: identity, generatorBToA: identity };
const averaged = { generatorAToB_ema: paler, generatorBToA_ema: paler };

test('auto measures the averaged generators where training kept them, and says which it measured', async () => {
  const trained = await trainOutputs({ ...both, ...averaged });
  const auto = await evaluationOf(await evaluate([trained, images]));
  const last = await evaluationOf(await evaluate([trained, images], { weights: 'last' }));
  assert.equal([auto.networks, last.networks], [{ cyclegan: 'ema' }, { cyclegan: 'last' }]);
  assert.is(last.translations.AtoB.methods.cyclegan!.psnr, last.translations.AtoB.methods.copy!.psnr);
  assert.not.equal(auto.translations.AtoB.methods.cyclegan!.psnr, last.translations.AtoB.methods.cyclegan!.psnr);
  const without = await evaluate([await trainOutputs(both), images], { weights: 'ema' });
  assert.is(codeOf(without.result), 'evaluate-no-generators');
  assert.match(messageOf(without.result), /ema_decay/);
});

test('the cycle is that of both generators: halving contrast twice leaves 3/4 of it missing', async () => {
  const { translations } = await evaluationOf(await evaluate([await trainOutputs({ generatorAToB: paler, generatorBToA: paler }), images]));
  const { methods, images: each } = translations.AtoB;
  const [, , once] = [methods, each, await evaluationOf(await evaluate([await trainOutputs({ generatorAToB: paler, generatorBToA: identity }), images]))];
  assert.ok(Math.abs(methods.cyclegan!.cycle_l1! - 1.5 * once.translations.AtoB.methods.cyclegan!.cycle_l1!) < 1e-6);
  const mean = each.reduce((sum, image) => sum + image.cyclegan!.cycle_l1! / each.length, 0);
  assert.ok(Math.abs(mean - methods.cyclegan!.cycle_l1!) < 1e-12);
});

test('the stage that supervised names is shown as supervised, beside the other', async () => {
  const trained = await trainOutputs(both, 'train');
  const onPairs = await trainOutputs({ generatorAToB: paler, generatorBToA: paler }, 'told', supervisedTerms);
  const run = await evaluate([trained, onPairs, images], { supervised: 'told' });
  const { networks, translations } = await evaluationOf(run);
  assert.equal(networks, { cyclegan: 'last', supervised: 'last' });
  assert.equal(Object.keys(translations.BtoA.methods), ['copy', 'mean', 'histogram_match', 'cyclegan', 'supervised']);
  const { cyclegan, supervised: told, copy } = translations.AtoB.methods;
  assert.is(cyclegan!.psnr, copy!.psnr);
  assert.ok(told!.psnr !== copy!.psnr && told!.cycle_l1! > 0.01);
  assert.is(codeOf((await evaluate([trained, images], { supervised: 'normalize' })).result), 'evaluate-no-generators');
  const other = await evaluate([trained, await trainOutputs({ generatorAToB: await scaling(12), generatorBToA: await scaling(12) }, 'told', supervisedTerms), images], { supervised: 'told' });
  assert.is(codeOf(other.result), 'evaluate-size-mismatch');
});

test('what was trained decides its name: not its place, and not what supervised says of it', async () => {
  const [trained, onPairs] = [await trainOutputs(both, 'train'), await trainOutputs(both, 'told', supervisedTerms)];
  const alone = await evaluationOf(await evaluate([onPairs, images]));
  assert.equal([alone.networks, Object.keys(alone.translations.AtoB.methods)], [{ supervised: 'last' }, ['copy', 'mean', 'histogram_match', 'supervised']]);
  assert.equal((await evaluationOf(await evaluate([onPairs, images], { supervised: 'told' }))).networks, { supervised: 'last' });
  const swapped = await evaluate([trained, onPairs, images], { supervised: 'train' });
  assert.is(codeOf(swapped.result), 'evaluate-not-supervised');
  assert.match(messageOf(swapped.result), /train, which was trained as a CycleGAN/);
  assert.is(codeOf((await evaluate([trained, onPairs, images])).result), 'evaluate-two-generators');
  assert.is(codeOf((await evaluate([onPairs, await trainOutputs(both, 'again', supervisedTerms), images], { supervised: 'told' })).result), 'evaluate-two-generators');
});

test('every image is in the table, a row a method', async () => {
  const { out } = await evaluate([await identities(16), images]);
  const [head, ...rows] = (await readFile(join(out, 'evaluation/AtoB.csv'), 'utf8')).trimEnd().split('\n');
  assert.is(head, 'image,method,psnr,ssim,cycle_l1');
  assert.is(rows.length, 8 * 4);
  assert.match(rows[0]!, /^0000\.png,copy,\d+\.\d+,0\.\d+,$/);
  assert.match(rows[3]!, /^0000\.png,cyclegan,\d+\.\d+,0\.\d+,\d/);
});

test('kept epochs are a curve, oldest first, and the last is what was trained', async () => {
  const kept = { 'epoch-0002/generatorAToB': identity, 'epoch-0002/generatorBToA': identity, 'epoch-0010/generatorAToB': paler, 'epoch-0010/generatorBToA': paler };
  const { translations } = await evaluationOf(await evaluate([await trainOutputs({ ...both, ...kept }), images], { epochs: true }));
  const { epochs, methods } = translations.AtoB;
  assert.equal(epochs!.map(({ epoch }) => epoch), [2, 10]);
  const { epoch, ...first } = epochs![0]!;
  assert.is(epoch, 2);
  for (const [name, value] of Object.entries(first)) assert.equal(methods.cyclegan![name as 'swd'], value as number, name);
  assert.not.equal(epochs![1]!.kid, first.kid);
  assert.is(codeOf((await evaluate([await trainOutputs(both), images], { epochs: true })).result), 'evaluate-no-epochs');
});

/** A network from images to `[images, 5, 5, 4]`, with a second, flat output layer after it. */
async function writeFeatureNetwork(folder: string): Promise<string> {
  const tf = await tensors();
  const input = tf.input({ shape: [10, 10, 3] });
  const maps = tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', name: 'maps' }).apply(input);
  const flat = tf.layers.dense({ units: 3, name: 'flat' }).apply(tf.layers.flatten().apply(maps)) as ReturnType<typeof tf.input>;
  const model = tf.model({ inputs: input, outputs: flat });
  await writeModel(folder, model);
  model.dispose();
  return folder;
}

/** Finite features of a black picture only: values in [0, 1] times what is beyond float32 together. */
async function writeEndlessNetwork(folder: string): Promise<string> {
  const tf = await tensors();
  const input = tf.input({ shape: [16, 16, 3] });
  const dense = tf.layers.dense({ units: 3, useBias: false });
  const model = tf.model({ inputs: input, outputs: dense.apply(tf.layers.flatten().apply(input)) as ReturnType<typeof tf.input> });
  tf.tidy(() => dense.setWeights([tf.fill([768, 3], 3e38)]));
  await writeModel(folder, model);
  model.dispose();
  return folder;
}

test('KID and FID are measured on the network that the user names, FID with a warning where images are few', async () => {
  const path = await writeFeatureNetwork(join(rig.folder, 'features'));
  const tf = await tensors();
  const before = tf.memory().numTensors;
  const run = await evaluate([await identities(16), images], { features: { path, range: [0, 1] } });
  const { features, translations: { AtoB } } = await evaluationOf(run);
  assert.equal(features, { network: 'named', dimensions: 3 });
  assert.ok(AtoB.methods.histogram_match!.fid! > 0 && AtoB.floor.fid === undefined && AtoB.methods.copy!.gap_closed.fid === undefined);
  assert.equal(run.warnings, []);
  const maps = await evaluate([await identities(16), images], { features: { path, range: [0, 1], output: 'maps' }, images: 4 });
  assert.is((await evaluationOf(maps)).features.dimensions, 4);
  assert.match(maps.warnings.join(), /FID is measured on 4 images with features of 4 dimensions/);
  // Those of the two pairs of generators that were made here.
  assert.is(tf.memory().numTensors - before, 4);
});

test('a feature network that cannot be used is one clear failure', async () => {
  const folder = async (name: string, files: Readonly<Record<string, string>>) => {
    const path = join(rig.folder, name);
    await mkdir(path, { recursive: true });
    for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
    return path;
  };
  const graph = JSON.stringify({ format: 'graph-model', modelTopology: { node: [] }, weightsManifest: [] });
  const good = await writeFeatureNetwork(join(rig.folder, 'good'));
  const weightsFrom = (path: string) => JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths: [path], weights: [] }] });
  const endless = await writeEndlessNetwork(join(rig.folder, 'endless'));
  const trained = await identities(16);
  for (const [features, message] of [
    [{ path: await folder('broken', { 'model.json': '{' }) }, /cannot be read as a network/],
    [{ path: await folder('graph', { 'model.json': graph }) }, /graph model runs on TensorFlow only/],
    [{ path: await folder('saved', { 'saved_model.pb': '' }) }, /SavedModel runs on TensorFlow only/],
    [{ path: good, output: 'mixed10' }, /no layer mixed10.*flat/],
    [{ path: good, size: 11 }, /cannot be run on images of 16×16/],
    [{ path: await folder('nothing', { 'model.json': '{}' }) }, /model\.json describes no network/],
    [{ path: await folder('null', { 'model.json': 'null' }) }, /model\.json describes no network/],
    [{ path: await folder('outside', { 'model.json': weightsFrom('../good/weights.bin') }) }, /weights from \.\.\/good\/weights\.bin, outside its folder/],
    [{ path: await folder('absolute', { 'model.json': weightsFrom(join(good, 'weights.bin')) }) }, /outside its folder/],
    [{ path: await folder('within', { 'model.json': weightsFrom('a/../weights.bin') }) }, /cannot be read as a network.*no such file/],
    [{ path: endless, range: [0, 1] }, /features of an image are not finite/],
  ] as const) {
    const { result } = await evaluate([trained, images], { features: { range: [-1, 1], ...features } });
    assert.is(codeOf(result), 'evaluate-features-unusable');
    assert.match(messageOf(result), message);
    assert.is(!result.ok && result.failure.where?.file, features.path);
  }
});

test('a translation that is no number is a failure, not a figure', async () => {
  for (const value of [NaN, Infinity]) {
    const broken = await scaling(16, value);
    const { result, out } = await evaluate([await trainOutputs({ generatorAToB: identity, generatorBToA: broken }), images]);
    assert.is(codeOf(result), 'evaluate-not-finite');
    assert.match(messageOf(result), /generatorBToA of stage train/);
    assert.equal(await filesBelow(out), []);
  }
});

test('the digest of a feature network is that of its weights too, its model.json named or its folder', async () => {
  const folder = await writeFeatureNetwork(join(rig.folder, 'keyed'));
  const digestOf = async (path: string) => {
    const { params: { features }, outside } = prepared(evaluateStage, { ...params, features: { path, range: [-1, 1] } }, rig.folder);
    assert.is(features!.path, folder);
    return valueOf(await readOutside(outside![0]!)).digest;
  };
  const before = await digestOf('keyed');
  assert.is(await digestOf('keyed/model.json'), before);
  await appendFile(join(folder, 'weights.bin'), 'x');
  const after = await digestOf('keyed/model.json');
  assert.not.equal(after, before);
  assert.is(await digestOf('keyed'), after);
  for (const path of ['.', 'keyed/weights.bin']) {
    const refused = evaluateStage.prepare({ ...params, features: { path, range: [-1, 1] } }, placesIn(rig.folder));
    assert.is(codeOf(refused), 'config-invalid-value');
    assert.match(messageOf(refused), /where no network lies.*model\.json/);
  }
});

test('pictures are resized as tf.image.resize does', () => {
  const ramp = { height: 1, width: 4, channels: 1, data: Float32Array.of(0, 1, 2, 3) };
  assert.equal([...resizePicture(ramp, 1, 8).data], [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
  assert.equal([...resizePicture(ramp, 1, 2).data], [0.5, 2.5]);
  assert.is(resizePicture(ramp, 1, 4), ramp);
  assert.equal([...resizePicture({ ...ramp, height: 2, width: 2 }, 3, 3).data], [0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3]);
});

test('names and paths are in no key; a supervised stage that is not read is refused at its place', () => {
  const from = ['train', 'told', 'normalize'];
  const features = { path: 'inception', range: [-1, 1], size: 299 };
  const { params: canonical, keyed, outside } = prepared(evaluateStage, { ...params, supervised: 'told', features }, '/base', from);
  assert.is(canonical.features!.path, '/base/inception');
  assert.equal(keyed, { ...params, supervised: 1, features: { range: [-1, 1], size: 299 } });
  assert.equal(outside, [{ name: 'features', path: '/base/inception', where: { file: 'test.yaml', line: 1, column: 1 } }]);
  const refused = evaluateStage.prepare({ ...params, supervised: 'other' }, placesIn('/base', from));
  assert.is(codeOf(refused), 'config-invalid-value');
  assert.match(messageOf(refused), /supervised names other.*train, told, normalize/);
  assert.is(codeOf(evaluateStage.prepare({ ...params, features: { path: 'x', range: [1, -1] } }, placesIn('/base'))), 'config-invalid-value');
});


test.run();
