// The whole stage on wasm: arrays of normalize, generators with known behaviour, evaluation.json.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createNetworks } from '../../../stages/model/networks.ts';
import { resolveModel } from '../../../stages/model/schema.ts';
import { normalizeStage } from '../../../stages/normalize/definition.ts';
import { synthesizeStage } from '../../../stages/synthesize/definition.ts';
import { codeOf, contentOf, filesBelow, inputFrom, messageOf } from '../stage-rig.ts';
import { pixelsOf } from '../test-images.ts';
import { arrays, evaluate, evaluationOf, identities, rig, tensors, trainOutputs, valueOf } from './evaluate-rig.ts';

test.after(() => rig.remove());

const images = await arrays(16);

test('a generator that copies scores exactly as copying does, in both directions', async () => {
  const { test: about, translations } = await evaluationOf(await evaluate([await identities(16), images]));
  assert.equal(about, { paired: true, images: { A: { evaluated: 6, of: 6 }, B: { evaluated: 6, of: 6 } }, height: 16, width: 16, swd_levels: [[16, 16]] });
  for (const translation of [translations.AtoB, translations.BtoA]) {
    const { copy, cyclegan, mean, histogram_match } = translation.methods;
    assert.equal(Object.keys(translation.methods), ['copy', 'mean', 'histogram_match', 'cyclegan']);
    assert.ok(Math.abs(copy!.psnr! - cyclegan!.psnr!) < 1e-4);
    assert.ok(Math.abs(copy!.ssim! - cyclegan!.ssim!) < 1e-5);
    for (const name of ['texture_distance', 'swd', 'kid'] as const) assert.ok(Math.abs(copy![name]! - cyclegan![name]!) < 1e-2, name);
    assert.equal(Object.values(copy!.gap_closed), Object.keys(copy!.gap_closed).map(() => 0));
    assert.equal(translation.ceiling, Object.fromEntries(Object.keys(translation.ceiling).map((name) => [name, copy![name as 'swd']])));
    assert.ok(cyclegan!.cycle_l1! < 1e-6 && copy!.cycle_l1 === undefined);
    for (const score of [mean!, histogram_match!]) assert.ok(score.psnr! > 5 && score.psnr! < 40 && Math.abs(score.ssim!) <= 1);
    assert.is(translation.images.length, 6);
    assert.is(translation.images[0]!.name, '0000.png');
    const average = translation.images.reduce((sum, image) => sum + image.copy!.psnr! / 6, 0);
    assert.ok(Math.abs(average - copy!.psnr!) < 1e-9);
  }
});

test('copying A is as far from B as copying B from A', async () => {
  const { translations } = await evaluationOf(await evaluate([await identities(16), images]));
  assert.ok(Math.abs(translations.AtoB.methods.copy!.psnr! - translations.BtoA.methods.copy!.psnr!) < 1e-9);
});

test('the order of from does not matter, and the same again gives the same bytes', async () => {
  const trained = await identities(16);
  const first = await contentOf((await evaluate([trained, images])).out);
  assert.equal(await contentOf((await evaluate([images, trained])).out), first);
  assert.equal(Object.keys(first), ['evaluation.json', 'evaluation/AtoB.csv', 'evaluation/AtoB.png', 'evaluation/BtoA.csv', 'evaluation/BtoA.png']);
});

test('the real networks are read back and translate', async () => {
  const tf = await tensors();
  const channel = { norm: 'channel', padding: 'reflect' } as const;
  const spec = resolveModel({ generator: { filters: 4, residual_blocks: 1, residual_norm: 'channel', ...channel }, discriminator: { filters: 4, strides: [2, 2] } });
  const { generatorAToB, generatorBToA } = valueOf(createNetworks(tf, spec, [16, 16, 3], 1));
  const { translations } = await evaluationOf(await evaluate([await trainOutputs({ generatorAToB, generatorBToA }), images]));
  const { cyclegan, copy } = translations.AtoB.methods;
  assert.ok(Number.isFinite(cyclegan!.psnr!) && cyclegan!.psnr! < copy!.psnr!);
});

test('networks of a crop get the middle of the images', async () => {
  const { test: about } = await evaluationOf(await evaluate([await identities(12), images]));
  assert.equal([about.height, about.width], [12, 12]);
});

test('images caps how many are evaluated; strip 0 draws no picture', async () => {
  const run = await evaluate([await identities(16), images], { images: 3, strip: 0 });
  const { test: about } = await evaluationOf(run);
  assert.equal(about.images.A, { evaluated: 3, of: 6 });
  assert.equal(await filesBelow(run.out), ['evaluation.json', 'evaluation/AtoB.csv', 'evaluation/BtoA.csv']);
});

test('the strip shows input, translation and truth side by side', async () => {
  const { out } = await evaluate([await identities(16), images]);
  const { height, width, data } = await pixelsOf(join(out, 'evaluation/AtoB.png'));
  assert.equal([height, width], [16 * 2 + 2, 2 * (3 * 18 + 6) - 8]);
  const pixel = (x: number) => [...data.subarray(x * 3, x * 3 + 3)];
  assert.equal(pixel(0), pixel(18));
  assert.not.equal(pixel(0), pixel(36));
});

test('an unpaired test split has distances and the cycle only, and a floor', async () => {
  const folder = join(rig.folder, 'unpaired');
  for (const file of images.files) {
    await mkdir(join(folder, file.path, '..'), { recursive: true });
    await writeFile(join(folder, file.path), await readFile(images.locate(file.path)));
  }
  await writeFile(join(folder, 'image-set.json'), JSON.stringify({ format: 'arrays', splits: { train: { paired: false }, test: { paired: false } } }));
  const { translations } = await evaluationOf(await evaluate([await identities(16), await inputFrom(folder, 'normalize')]));
  assert.equal(Object.keys(translations.AtoB.methods), ['copy', 'histogram_match', 'cyclegan']);
  assert.equal(Object.keys(translations.AtoB.methods.copy!), ['swd', 'swd_levels', 'kid', 'kid_error', 'texture_distance', 'gap_closed']);
  assert.ok(translations.AtoB.floor.texture_distance > 0);
  assert.is(translations.AtoB.images.length, 6);
  assert.equal(Object.keys(translations.AtoB.images[0]!), ['name', 'cyclegan']);
});

test('what is missing or does not fit is one clear failure', async () => {
  const trained = await identities(16);
  assert.is(codeOf((await evaluate([images, images])).result), 'evaluate-no-generators');
  assert.is(codeOf((await evaluate([trained, trained, images])).result), 'evaluate-two-generators');
  assert.is(codeOf((await evaluate([trained, await inputFrom(rig.folder + '/attempt-1/scratch', 'empty')])).result), 'evaluate-no-images');
  assert.is(codeOf((await evaluate([trained, await arrays(16, 0)])).result), 'evaluate-no-images');
  assert.is(codeOf((await evaluate([trained, await arrays(16, 1)])).result), 'evaluate-too-small');
  const larger = await evaluate([await identities(20), images]);
  assert.is(codeOf(larger.result), 'evaluate-size-mismatch');
  assert.match(messageOf(larger.result), '20×20');
});

test('Ctrl-C stops it at the next image, while it still reads the training images too', async () => {
  const trained = await identities(16);
  for (const stopAt of [1, 8, 15]) {
    const stop = new AbortController();
    const run = await evaluate([trained, images], {}, { stop: stop.signal, onProgress: ({ done }) => void (done === stopAt && stop.abort()) });
    assert.is(codeOf(run.result), 'interrupted');
    assert.is(run.progress.at(-1)!.done, stopAt);
  }
});

test('arrays of another range than the networks have are refused', async () => {
  const drawn = await rig.run(synthesizeStage, { task: 'painterly', size: 16, train: 2, test: 2 });
  const { out } = await rig.run(normalizeStage, { range: [0, 1] }, { inputs: [await inputFrom(drawn.out, 'synthesize')] });
  const { result } = await evaluate([await identities(16), await inputFrom(out, 'normalize')]);
  assert.is(codeOf(result), 'stage-inputs');
  assert.match(messageOf(result), /\[0, 1\].*range: \[-1, 1\]/);
});

test('it leaves no tensor behind', async () => {
  const tf = await tensors();
  const trained = await identities(16);
  await evaluate([trained, images]);
  const before = tf.memory().numTensors;
  await evaluate([trained, images]);
  assert.is(tf.memory().numTensors, before);
});

test.run();
