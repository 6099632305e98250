import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { partOf, readArraySet, readImageSet } from '../../../stages/image-set/input.ts';
import { normalizeStage } from '../../../stages/normalize/definition.ts';
import { scaleTable } from '../../../stages/normalize/scale.ts';
import { findPython } from '../find-python.ts';
import { readImages, readShape } from '../npy/read-images.ts';
import { codeOf, contentOf, createRig, filesBelow, inputFrom, messageOf, placesIn } from '../stage-rig.ts';
import type { Rig } from '../stage-rig.ts';
import { noise, noisePng, writeImageSet } from '../test-images.ts';

const test = suite<{ rig: Rig }>('normalize');
test.before.each(async (context) => {
  context.rig = await createRig();
});
test.after.each(({ rig }) => rig.remove());

/** Names whose order by bytes differs from that of a locale. */
const names = ['B.png', 'Z.png', 'a.png', 'ä.png', '10.png', '9.png'];
const byBytes = ['10.png', '9.png', 'B.png', 'Z.png', 'a.png', 'ä.png'];

async function noisySet(folder: string): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (const [i, name] of names.entries()) files[`train/A/${name}`] = await noisePng(4, 6, i);
  for (let i = 0; i < 23; i++) files[`train/B/${i}.png`] = await noisePng(4, 6, 100 + i);
  files['test/A/t.png'] = files['test/B/t.png'] = await noisePng(4, 6, 200);
  return writeImageSet(folder, files);
}

test('[-1, 1] is x / 127.5 − 1, rounded to float32 once, for all 256 values', () => {
  const table = scaleTable([-1, 1]);
  for (let x = 0; x < 256; x++) assert.is(table[x], Math.fround(x / 127.5 - 1));
  assert.equal([table[0], table[255]], [-1, 1]);
  assert.equal([scaleTable([0, 1])[0], scaleTable([0, 1])[255], scaleTable([0, 255])[77]], [0, 1, 77]);
});

test('one array a split and domain, in the order of the names’ bytes, with the names beside it', async ({ rig }) => {
  const input = await inputFrom(await noisySet(join(rig.folder, 'in')));
  const { result, out, progress } = await rig.run(normalizeStage, { range: [-1, 1] }, { inputs: [input] });
  assert.is(codeOf(result), 'ok', messageOf(result));
  const parts = ['test/A', 'test/B', 'train/A', 'train/B'].flatMap((part) => [`${part}.json`, `${part}.npy`]);
  assert.equal(await filesBelow(out), ['image-set.json', ...parts]);
  assert.equal(JSON.parse(await readFile(join(out, 'train/A.json'), 'utf8')), byBytes);
  assert.equal(await readShape(join(out, 'train/A.npy')), [6, 4, 6, 3]);
  const table = scaleTable([-1, 1]);
  for (const [place, name] of byBytes.entries()) {
    const expected = Float32Array.from(noise(4, 6, names.indexOf(name)), (value) => table[value]!);
    assert.equal(await readImages(join(out, 'train/A.npy'), place, 1), expected);
  }
  assert.is(progress.at(-1)?.done, 31);
});

test('what it writes is read as an array set, and refused where images are wanted (and the reverse)', async ({ rig }) => {
  const images = await inputFrom(await noisySet(join(rig.folder, 'in')), 'resize');
  const { out } = await rig.run(normalizeStage, { range: [-1, 1] }, { inputs: [images] });
  const arrays = await inputFrom(out, 'normalize');
  const set = await readArraySet(arrays);
  assert.ok(set.ok);
  if (set.ok) assert.equal(partOf(set.value.parts, 'train', 'A')?.names, byBytes);
  assert.is(messageOf(await readArraySet(images)).includes('put normalize between'), true);
  assert.is(messageOf(await readImageSet(arrays)).includes('before normalize'), true);
  assert.is(codeOf((await rig.run(normalizeStage, { range: [-1, 1] }, { inputs: [arrays] })).result), 'stage-inputs');
});

test('the set says in what range its values are', async ({ rig }) => {
  const input = await inputFrom(await noisySet(join(rig.folder, 'in')));
  for (const range of [[-1, 1], [0, 1]]) {
    const { out } = await rig.run(normalizeStage, { range }, { inputs: [input] });
    const set = await readArraySet(await inputFrom(out));
    assert.equal(set.ok && set.value.description.range, range);
  }
  const { out } = await rig.run(normalizeStage, { range: [-1, 1] }, { inputs: [input] });
  await writeFile(join(out, 'image-set.json'), JSON.stringify({ format: 'arrays', splits: {}, range: ['-1', 1] }));
  assert.is(codeOf(await readArraySet(await inputFrom(out))), 'stage-inputs');
});

test('twice the same bytes', async ({ rig }) => {
  const input = await inputFrom(await noisySet(join(rig.folder, 'in')));
  const run = async () => contentOf((await rig.run(normalizeStage, { range: [-1, 1] }, { inputs: [input] })).out);
  assert.equal(await run(), await run());
});

test('images of several sizes: the first odd one and both sizes are named', async ({ rig }) => {
  const files = { 'train/A/1.png': await noisePng(4, 6, 1), 'train/A/2.png': await noisePng(4, 6, 2), 'train/B/1.png': await noisePng(6, 4, 3), 'train/B/2.png': await noisePng(5, 5, 4) };
  const input = await inputFrom(await writeImageSet(join(rig.folder, 'in'), files));
  const { result } = await rig.run(normalizeStage, { range: [-1, 1] }, { inputs: [input] });
  assert.is(codeOf(result), 'image-sizes-differ');
  assert.match(messageOf(result), /^train\/B\/1\.png is 4×6, but train\/A\/1\.png is 6×4 .* add a resize stage/);
});

test('a range that does not rise is refused where it stands', () => {
  for (const range of [[1, -1], [0, 0]]) {
    const result = normalizeStage.prepare({ range }, placesIn('/'));
    assert.is(codeOf(result), 'config-invalid-value');
    if (!result.ok) assert.is(result.failure.where?.line, 1);
  }
});

const python = findPython('numpy');
if (!python) console.log('skipped, for there is no Python with numpy (set GIVERNY_TEST_PYTHON): numpy finds the same values');
(python ? test : test.skip)('numpy finds the same values', async ({ rig }) => {
  const files = { 'train/A/1.png': await noisePng(16, 16, 1), 'train/B/1.png': await noisePng(16, 16, 2) };
  const input = await inputFrom(await writeImageSet(join(rig.folder, 'in'), files));
  const { out } = await rig.run(normalizeStage, { range: [-1, 1] }, { inputs: [input] });
  const program = 'import sys, numpy as np; x = np.array(eval(sys.argv[2]), dtype=np.uint8).reshape(1, 16, 16, 3); assert (np.load(sys.argv[1]) == (x / 127.5 - 1).astype(np.float32)).all()';
  assert.not.throws(() => execFileSync(python!, ['-c', program, join(out, 'train/A.npy'), `[${noise(16, 16, 1).join(',')}]`]));
});

test.run();
