import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isFlipped } from '../../../stages/flip/coin.ts';
import { flipStage } from '../../../stages/flip/definition.ts';
import { mirrored } from '../../../stages/flip/flip-image.ts';
import { flipAll } from '../../../stages/flip/run.ts';
import type { FlipParams } from '../../../stages/flip/schema.ts';
import type { StageContext } from '../../../pipeline/stage.ts';
import { codeOf, contentOf, createRig, inputFrom, messageOf, prepared } from '../stage-rig.ts';
import type { Rig } from '../stage-rig.ts';
import { noise, noisePng, pixelsOf, smoothJpeg, writeImageSet } from '../test-images.ts';

const test = suite<{ rig: Rig }>('flip');
test.before.each(async (context) => {
  context.rig = await createRig();
});
test.after.each(({ rig }) => rig.remove());

const name = (index: number) => `${String(index).padStart(3, '0')}.png`;

async function noisySet(folder: string, a: number, b: number): Promise<string> {
  const files: Record<string, Uint8Array> = { 'test/A/t.png': await noisePng(3, 4, 900), 'test/B/t.png': await noisePng(3, 4, 901) };
  for (let i = 0; i < a; i++) files[`train/A/${name(i)}`] = await noisePng(3, 4, i);
  for (let i = 0; i < b; i++) files[`train/B/${name(i)}`] = await noisePng(3, 4, 500 + i);
  return writeImageSet(folder, files);
}

const whatHappened = async (before: string, after: string) => {
  const [one, other] = [await pixelsOf(before), await pixelsOf(after)];
  if (one.data.equals(other.data)) return 'kept';
  return Buffer.from(mirrored(one).data).equals(other.data) ? 'mirrored' : 'something else';
};

test('mirroring twice is nothing, and moves column c to width − 1 − c', () => {
  for (const [height, width] of [[1, 1], [3, 4], [5, 7]] as const) {
    const pixels = { data: noise(height, width, width), height, width };
    assert.equal(mirrored(mirrored(pixels)), pixels);
    assert.equal([...mirrored(pixels).data.subarray(0, 3)], [...pixels.data.subarray((width - 1) * 3, width * 3)]);
  }
});

test('one coin an index flips both domains, whatever their sizes; test is left alone', async ({ rig }) => {
  const folder = await noisySet(join(rig.folder, 'in'), 12, 7);
  const { result, out } = await rig.run(flipStage, { probability: 0.5 }, { inputs: [await inputFrom(folder)], seed: 3 });
  assert.is(codeOf(result), 'ok', messageOf(result));
  const seen = new Set<string>();
  for (let i = 0; i < 12; i++) {
    const a = await whatHappened(join(folder, 'train/A', name(i)), join(out, 'train/A', name(i)));
    assert.is(a, isFlipped(3, i, 0.5) ? 'mirrored' : 'kept');
    if (i < 7) assert.is(await whatHappened(join(folder, 'train/B', name(i)), join(out, 'train/B', name(i))), a);
    seen.add(a);
  }
  assert.equal([...seen].sort(), ['kept', 'mirrored']);
  for (const domain of ['A', 'B']) assert.equal(await readFile(join(out, `test/${domain}/t.png`)), await readFile(join(folder, `test/${domain}/t.png`)));
});

test('the coin: fair, seeded, independent of the number of images', () => {
  for (const probability of [0, 0.1, 0.5, 1]) {
    const flipped = Array.from({ length: 4000 }, (_, i) => isFlipped(0, i, probability)).filter(Boolean).length;
    assert.ok(Math.abs(flipped / 4000 - probability) < 0.03, `${probability}: ${flipped}`);
  }
  const coins = (seed: number) => Array.from({ length: 40 }, (_, i) => isFlipped(seed, i, 0.5)).join();
  assert.is(coins(1), coins(1));
  assert.is.not(coins(1), coins(2));
});

test('the same seed gives the same bytes, another seed others', async ({ rig }) => {
  const input = await inputFrom(await noisySet(join(rig.folder, 'in'), 9, 9));
  const run = async (seed: number) => contentOf((await rig.run(flipStage, { probability: 0.5 }, { inputs: [input], seed })).out);
  assert.equal(await run(0), await run(0));
  assert.not.equal(await run(0), await run(1));
});

test('the same bytes whatever the number of threads', async ({ rig }) => {
  const folder = await noisySet(join(rig.folder, 'in'), 30, 21);
  const [here, there] = await Promise.all([0, 2].map(async (threads) => {
    const stage = { ...flipStage, load: async () => ({ run: (context: StageContext<FlipParams>) => flipAll(context, threads) }) };
    const { result, out } = await rig.run(stage, { probability: 0.5 }, { inputs: [await inputFrom(folder)], seed: 3 });
    return [codeOf(result), await contentOf(out)];
  }));
  assert.is(here![0], 'ok');
  assert.equal(there, here);
});

test('a JPEG becomes a PNG of the same pixels, flipped or not', async ({ rig }) => {
  const photo = await smoothJpeg(8, 10, 1);
  const folder = await writeImageSet(join(rig.folder, 'in'), { 'train/A/a.jpg': photo, 'train/B/b.jpg': photo, 'test/A/c.jpg': photo, 'test/B/d.jpg': photo });
  for (const [probability, expected] of [[0, 'kept'], [1, 'mirrored']] as const) {
    const { out } = await rig.run(flipStage, { probability }, { inputs: [await inputFrom(folder)] });
    assert.is(await whatHappened(join(folder, 'train/A/a.jpg'), join(out, 'train/A/a.png')), expected);
    assert.is(await whatHappened(join(folder, 'test/B/d.jpg'), join(out, 'test/B/d.png')), 'kept');
    assert.is((await sharp(join(out, 'train/B/b.png')).metadata()).format, 'png');
  }
});

test('without chance there is no seed in the key', () => {
  const random = (probability: number) => prepared(flipStage, { probability }).random;
  assert.equal([random(0), random(0.5), random(1)], [false, true, false]);
});

test.run();
