import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPicture, luminance, mapValues, toBytes, type Picture } from '../../../stages/image/picture.ts';
import { randomStream } from '../../../stages/random.ts';
import { readImageSet } from '../../../stages/image-set/input.ts';
import { psnr } from '../../../stages/evaluate/metrics/psnr.ts';
import { PatchSet, projections, textureDistance } from '../../../stages/evaluate/metrics/texture-distance.ts';
import type { StageContext } from '../../../pipeline/stage.ts';
import { synthesizeStage } from '../../../stages/synthesize/definition.ts';
import { drawAll } from '../../../stages/synthesize/run.ts';
import type { SynthesizeParams } from '../../../stages/synthesize/schema.ts';
import { kuwahara } from '../../../stages/synthesize/painterly/kuwahara.ts';
import { paint } from '../../../stages/synthesize/painterly/paint.ts';
import { painterly } from '../../../stages/synthesize/tasks/painterly.ts';
import { codeOf, contentOf, createRig, filesBelow, inputFrom, prepared } from '../stage-rig.ts';
import { pixelsOf } from '../test-images.ts';

const rig = await createRig();
test.after(() => rig.remove());

const small = { task: 'painterly', size: 32, train: 3, test: 2 };

const asPicture = async (file: string): Promise<Picture> => {
  const { data, height, width, channels } = await pixelsOf(file);
  return { height, width, channels, data: Float32Array.from(data, (value) => value / 255) };
};

test('it makes an image set: unpaired for training, paired for the test', async () => {
  const { result, out, progress } = await rig.run(synthesizeStage, small);
  assert.is(codeOf(result), 'ok');
  const set = await readImageSet(await inputFrom(out));
  if (!set.ok) throw new Error(set.failure.message);
  assert.equal(set.value.description.splits, { train: { paired: false }, test: { paired: true } });
  assert.equal(set.value.parts.map((part) => [part.split, part.domain, part.files.map((file) => file.name).join(' ')]), [
    ['train', 'A', '0000.png 0001.png 0002.png'],
    ['train', 'B', '0000.png 0001.png 0002.png'],
    ['test', 'A', '0000.png 0001.png'],
    ['test', 'B', '0000.png 0001.png'],
  ]);
  assert.is(progress.at(-1)?.done, 10);
});

test('the truth of a test image is the painting of exactly its pixels', async () => {
  const { out } = await rig.run(synthesizeStage, small);
  const photograph = await asPicture(join(out, 'test/A/0001.png'));
  const truth = await asPicture(join(out, 'test/B/0001.png'));
  assert.ok(psnr(paint(photograph), truth) > 50);
  const other = await asPicture(join(out, 'test/B/0000.png'));
  assert.ok(psnr(paint(photograph), other) < 25);
});

test('the same seed draws the same bytes; another seed others; counts change no image', async () => {
  const first = await contentOf((await rig.run(synthesizeStage, small)).out);
  assert.equal(await contentOf((await rig.run(synthesizeStage, small)).out), first);
  const more = await contentOf((await rig.run(synthesizeStage, { ...small, train: 5, test: 3 })).out);
  const fewer = Object.entries(first).filter(([path]) => path.endsWith('.png'));
  assert.ok(fewer.every(([path, digest]) => more[path] === digest));
  const other = await contentOf((await rig.run(synthesizeStage, small, { seed: 2 })).out);
  assert.ok(fewer.every(([path, digest]) => other[path] !== digest));
  assert.is(new Set(fewer.map(([, digest]) => digest)).size, 10);
});

test('the same bytes whatever the number of threads', async () => {
  const [here, ...others] = await Promise.all([0, 1, 3].map(async (threads) => {
    const stage = { ...synthesizeStage, load: async () => ({ run: (context: StageContext<SynthesizeParams>) => drawAll(context, threads) }) };
    const { result, out } = await rig.run(stage, { ...small, train: 5 });
    assert.is(codeOf(result), 'ok');
    return contentOf(out);
  }));
  for (const other of others) assert.equal(other, here);
});

test('with pairs: all the training split is paired too: B are the truths of the same A', async () => {
  const unpaired = await rig.run(synthesizeStage, { ...small, pairs: 'test' });
  const paired = await rig.run(synthesizeStage, { ...small, pairs: 'all' });
  const set = await readImageSet(await inputFrom(paired.out));
  if (!set.ok) throw new Error(set.failure.message);
  assert.equal(set.value.description.splits, { train: { paired: true }, test: { paired: true } });
  const [before, after] = [await contentOf(unpaired.out), await contentOf(paired.out)];
  const changed = Object.keys(before).filter((path) => before[path] !== after[path]);
  assert.equal(changed.sort(), ['image-set.json', 'train/B/0000.png', 'train/B/0001.png', 'train/B/0002.png']);
  const truth = paint(await asPicture(join(paired.out, 'train/A/0002.png')));
  assert.ok(psnr(truth, await asPicture(join(paired.out, 'train/B/0002.png'))) > 50);
});

test('sets that were drawn before pairs could be asked for keep their keys', () => {
  const keyed = (pairs: string) => prepared(synthesizeStage, { ...small, pairs }).keyed;
  assert.equal(keyed('test'), small);
  assert.equal(keyed('all'), { ...small, pairs: 'all' });
});

test('painterly pictures are those that figures were measured on', () => {
  const digest = createHash('sha256');
  for (let i = 0; i < 8; i++) {
    for (const domain of ['A', 'B'] as const) {
      digest.update(toBytes(painterly.draw(randomStream(1, `synthesize painterly train ${domain} ${i}`), 64, domain)));
    }
  }
  assert.is(digest.digest('hex'), '5ddfff85d3ec55309da627ec9c2ea52017d73b1e749917df01576d5e549119ee');
});

test('without test images there is no test split', async () => {
  const { out } = await rig.run(synthesizeStage, { ...small, test: 0 });
  const description = JSON.parse(await readFile(join(out, 'image-set.json'), 'utf8')) as { splits: object };
  assert.equal(Object.keys(description.splits), ['train']);
  assert.ok((await filesBelow(out)).every((path) => !path.startsWith('test/')));
});

test('Ctrl-C stops it', async () => {
  const controller = new AbortController();
  const { result } = await rig.run(synthesizeStage, small, { stop: controller.signal, onProgress: ({ done }) => done === 4 && controller.abort() });
  assert.is(codeOf(result), 'interrupted');
});

test('the two domains differ in colour and in texture, scenes among each other', () => {
  const draw = (domain: 'A' | 'B', scene: number) => painterly.draw(randomStream(1, `scene ${scene}`), 64, domain);
  const scenes = Array.from({ length: 12 }, (_, i) => i);
  const [photographs, paintings] = [scenes.map((scene) => draw('A', scene)), scenes.map((scene) => draw('B', scene))];
  const copy = photographs.map((photograph, i) => psnr(photograph, paintings[i]!));
  const mean = copy.reduce((sum, value) => sum + value, 0) / copy.length;
  assert.ok(mean > 14 && mean < 20, `copying scores ${mean} dB`);
  const directions = projections(16, randomStream(1, 'directions').normal);
  const set = (pictures: readonly Picture[]) => pictures.reduce((patches, picture) => (patches.add(picture), patches), new PatchSet(pictures.length)).along(directions);
  const distance = textureDistance(set(photographs), set(paintings));
  const floor = textureDistance(set(paintings.slice(0, 6)), set(paintings.slice(6)));
  assert.ok(distance > 1.3 * floor, `texture ${distance}, floor ${floor}`);
  assert.ok(scenes.slice(1).every((scene) => psnr(photographs[0]!, photographs[scene]!) < 25));
});

test('larger pictures show the same scene', () => {
  const at = (size: number) => painterly.draw(randomStream(1, 'a scene'), size, 'A');
  const brightness = (picture: Picture) => luminance(picture).data.reduce((sum, value, _, { length }) => sum + value / length, 0);
  assert.ok(Math.abs(brightness(at(32)) - brightness(at(128))) < 0.1);
  assert.is(at(128).data.length, 128 * 128 * 3);
});

test('Kuwahara smoothing keeps a flat picture and an edge, and removes noise', () => {
  const edge = mapValues(createPicture(16, 16), (_, i) => ((i / 3) % 16 < 8 ? 0.2 : 0.8));
  assert.ok(kuwahara(edge, 2).data.every((value, i) => Math.abs(value - edge.data[i]!) < 1e-6));
  const random = randomStream(1, 'noise');
  const noisy = mapValues(edge, (value) => value + 0.05 * random.normal());
  assert.ok(psnr(kuwahara(noisy, 2), edge) > psnr(noisy, edge) + 3);
});

test.run();
