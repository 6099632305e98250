import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { StageContext } from '../../../pipeline/stage.ts';
import { resizeStage } from '../../../stages/resize/definition.ts';
import { resizeAll } from '../../../stages/resize/run.ts';
import type { ResizeParams } from '../../../stages/resize/schema.ts';
import { codeOf, contentOf, createRig, filesBelow, inputFrom, messageOf, prepared } from '../stage-rig.ts';
import type { Rig } from '../stage-rig.ts';
import { noise, noisePng, pixelsOf, png, smoothJpeg, writeImageSet } from '../test-images.ts';

const test = suite<{ rig: Rig }>('resize');
test.before.each(async (context) => {
  context.rig = await createRig();
});
test.after.each(({ rig }) => rig.remove());

async function fourImages(): Promise<Record<string, Uint8Array>> {
  return {
    'train/A/one.jpg': await smoothJpeg(40, 30, 1),
    'train/A/two.PNG': await noisePng(9, 50, 2),
    'train/B/x.y.webp': await sharp(await smoothJpeg(64, 64, 3)).webp().toBuffer(),
    'train/B/big.jpeg': await smoothJpeg(300, 200, 4),
  };
}

test('every image has the size, is PNG under its stem, and the description is kept', async ({ rig }) => {
  const input = await inputFrom(await writeImageSet(join(rig.folder, 'in'), await fourImages(), true));
  for (const size of [32, [16, 48]]) {
    const { result, out } = await rig.run(resizeStage, { size }, { inputs: [input] });
    assert.is(codeOf(result), 'ok', messageOf(result));
    const images = ['train/A/one.png', 'train/A/two.png', 'train/B/big.png', 'train/B/x.y.png'];
    assert.equal(await filesBelow(out), ['image-set.json', ...images]);
    const [height, width] = [size].flat().concat(size);
    for (const image of images) {
      const metadata = await sharp(join(out, image)).metadata();
      assert.equal([metadata.format, metadata.height, metadata.width, metadata.channels], ['png', height, width, 3]);
    }
    assert.equal(JSON.parse(await readFile(join(out, 'image-set.json'), 'utf8')), { format: 'images', splits: { train: { paired: true } } });
  }
});

test('twice the same bytes', async ({ rig }) => {
  const input = await inputFrom(await writeImageSet(join(rig.folder, 'in'), await fourImages()));
  const [once, again] = [await rig.run(resizeStage, { size: 20 }, { inputs: [input] }), await rig.run(resizeStage, { size: 20 }, { inputs: [input] })];
  assert.equal(await contentOf(once.out), await contentOf(again.out));
});

test('the same bytes, log and first failure whatever the number of threads', async ({ rig }) => {
  const grey = await sharp(await smoothJpeg(20, 20, 1)).toColourspace('b-w').png().toBuffer();
  const files: Record<string, Uint8Array> = { ...(await fourImages()), 'train/A/grey.png': grey };
  for (let i = 0; i < 12; i++) files[`train/B/${i}.jpg`] = await smoothJpeg(30 + i, 40, i);
  const input = await inputFrom(await writeImageSet(join(rig.folder, 'in'), files));
  const damaged = { ...files, 'train/B/5.jpg': files['train/B/5.jpg']!.subarray(0, 300), 'train/B/7.jpg': Buffer.from('no') };
  const wrong = await inputFrom(await writeImageSet(join(rig.folder, 'wrong'), damaged));
  const [here, ...others] = await Promise.all([0, 1, 3].map(async (threads) => {
    const stage = { ...resizeStage, load: async () => ({ run: (context: StageContext<ResizeParams>) => resizeAll(context, threads) }) };
    const { result, out, lines } = await rig.run(stage, { size: 24 }, { inputs: [input] });
    const failed = await rig.run(stage, { size: 24 }, { inputs: [wrong] });
    return [codeOf(result), await contentOf(out), lines, codeOf(failed.result), messageOf(failed.result)];
  }));
  assert.is(here![0], 'ok');
  assert.match(String(here![4]), /train\/B\/5\.jpg/);
  for (const other of others) assert.equal(other, here);
});

test('images that are no pictures are warned of, once, with the first', async ({ rig }) => {
  const files = { 'train/A/a.png': await noisePng(1, 1, 1), 'train/A/b.png': await noisePng(7, 40, 1), 'train/A/c.png': await noisePng(8, 8, 1), 'train/B/d.jpg': await smoothJpeg(20, 20, 1) };
  const { result, warnings } = await rig.run(resizeStage, { size: 16 }, { inputs: [await inputFrom(await writeImageSet(join(rig.folder, 'in'), files))] });
  assert.is(codeOf(result), 'ok');
  assert.equal(warnings, ['2 images with fewer than 8 pixels in height or width, which is no picture (train/A/a.png, …)']);
});

test('reducing is an antialiased triangle filter: within 1 of the definition, border and all', async ({ rig }) => {
  for (const [from, to] of [[64, 32], [50, 20], [37, 12], [64, 48], [64, 64]] as const) {
    const source = noise(from, from, from);
    const files = { 'train/A/1.png': await png(source, from, from), 'train/B/1.png': await png(source, from, from) };
    const input = await inputFrom(await writeImageSet(join(rig.folder, `in-${from}`), files));
    const { out } = await rig.run(resizeStage, { size: to }, { inputs: [input] });
    const { data } = await pixelsOf(join(out, 'train/A/1.png'));
    const expected = triangle(source, from, to);
    const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    assert.ok(worst < 1.01, `${from} → ${to}: off by ${worst}`);
  }
});

/** The filter as Pillow defines it, in double precision: weights 1 − |x|, as wide as the reduction, separable. */
function triangle(source: Uint8Array, from: number, to: number): Float64Array {
  const scale = from / to;
  const weights = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const raw = Array.from({ length: from }, (_, x) => Math.max(0, 1 - Math.abs((x + 0.5 - centre) / scale)));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return raw.map((weight) => weight / sum);
  });
  const result = new Float64Array(to * to * 3);
  const columns = new Float64Array(from * to * 3);
  for (let y = 0; y < from; y++) for (let x = 0; x < to; x++) for (let c = 0; c < 3; c++) {
    columns[(y * to + x) * 3 + c] = weights[x]!.reduce((sum, weight, k) => sum + weight * source[(y * from + k) * 3 + c]!, 0);
  }
  for (let y = 0; y < to; y++) for (let x = 0; x < to; x++) for (let c = 0; c < 3; c++) {
    result[(y * to + x) * 3 + c] = weights[y]!.reduce((sum, weight, k) => sum + weight * columns[(k * to + x) * 3 + c]!, 0);
  }
  return result;
}

test('odd images are converted, and the log says each kind once', async ({ rig }) => {
  const grey = await sharp(await smoothJpeg(20, 20, 1)).toColourspace('b-w').png().toBuffer();
  const files = { 'train/A/a.png': grey, 'train/A/b.png': grey, 'train/B/c.jpg': await smoothJpeg(20, 20, 2) };
  const input = await inputFrom(await writeImageSet(join(rig.folder, 'in'), files));
  const { lines, out } = await rig.run(resizeStage, { size: 8 }, { inputs: [input] });
  assert.equal(lines, ['2 images with one grey channel, made three equal ones (train/A/a.png, …)']);
  assert.is((await pixelsOf(join(out, 'train/A/b.png'))).channels, 3);
});

test('one damaged image, two of one stem, an empty domain and no image set: each one failure that names it', async ({ rig }) => {
  const good = await smoothJpeg(20, 20, 1);
  const sets: [string, Record<string, Uint8Array>, RegExp][] = [
    ['image-unreadable', { 'train/A/a.jpg': good, 'train/A/b.jpg': good.subarray(0, 300), 'train/B/c.jpg': good }, /train\/A\/b\.jpg cannot be read/],
    ['image-names-clash', { 'train/A/a.jpg': good, 'train/A/a.png': good, 'train/B/c.jpg': good }, /train\/A\/a\.jpg and train\/A\/a\.png/],
    ['domain-empty', { 'train/A/a.jpg': good }, /train\/B/],
  ];
  for (const [code, files, message] of sets) {
    const input = await inputFrom(await writeImageSet(join(rig.folder, code), files));
    const { result } = await rig.run(resizeStage, { size: 8 }, { inputs: [input] });
    assert.is(codeOf(result), code);
    assert.match(messageOf(result), message);
  }
  await writeFile(join(rig.folder, 'features.npy'), '');
  const { result } = await rig.run(resizeStage, { size: 8 }, { inputs: [{ ...(await inputFrom(rig.folder, 'features')), files: [] }] });
  assert.is(codeOf(result), 'stage-inputs');
  assert.match(messageOf(result), /stage features .* has no image-set\.json/);
});

test('of many damaged images the first is named, every time', async ({ rig }) => {
  const good = await smoothJpeg(60, 60, 1);
  const files: Record<string, Uint8Array> = { 'train/B/x.jpg': good };
  for (let i = 10; i < 40; i++) files[`train/A/${i}.jpg`] = i >= 17 ? good.subarray(0, 400 + i) : good;
  const input = await inputFrom(await writeImageSet(join(rig.folder, 'in'), files));
  for (let i = 0; i < 5; i++) {
    const { result } = await rig.run(resizeStage, { size: 8 }, { inputs: [input] });
    assert.match(messageOf(result), /train\/A\/17\.jpg/);
  }
});

test('stop ends it as interrupted', async ({ rig }) => {
  const input = await inputFrom(await writeImageSet(join(rig.folder, 'in'), await fourImages()));
  const stop = new AbortController();
  const run = await rig.run(resizeStage, { size: 8 }, { inputs: [input], stop: stop.signal, onProgress: () => stop.abort() });
  assert.is(codeOf(run.result), 'interrupted');
});

test('a number and the pair it stands for have one key', () => {
  assert.equal(prepared(resizeStage, { size: 64 }).keyed, prepared(resizeStage, { size: [64, 64] }).keyed);
  assert.equal(prepared(resizeStage, { size: 64 }).params, { size: [64, 64] });
});

test.run();
