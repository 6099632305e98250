import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareFiles } from '../../../stages/comparison/compare-files.ts';
import { encodePlainPng } from '../../../stages/image/plain-png.ts';
import { createImages } from '../../../stages/npy/index.ts';
import { writeSafetensors } from '../../../stages/train/safetensors.ts';

const test = suite('compareFiles');
const folder = mkdtempSync(join(tmpdir(), 'giverny-compare-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const [left, right] = [join(folder, 'left'), join(folder, 'right')];

async function written(name: string, write: (file: string, nudged: boolean) => Promise<void> | void) {
  rmSync(left, { force: true });
  rmSync(right, { force: true });
  await write(left, false);
  await write(right, true);
  return compareFiles(name, left, right);
}

test('arrays, networks and pictures: the largest difference of all values', async () => {
  const array = await written('a/trainA.npy', async (file, nudged) => {
    const images = await createImages(file, 'float32', [2, 1, 2, 1]);
    await images.write(Float32Array.of(1, 2, nudged ? 4 : 3, nudged ? 4.5 : 4));
    await images.close();
  });
  assert.equal(array, { absolute: 1, relative: 0.25, values: 4, differing: 2 });
  const tensors = await written('state.safetensors', async (file, nudged) => {
    await writeSafetensors(file, [{ name: 'w', dtype: 'F32', shape: [2], read: async () => Float32Array.of(1, nudged ? 2 : 1) }]);
  });
  assert.equal(tensors, { absolute: 1, relative: 0.5, values: 2, differing: 1 });
  const weights = await written('models/AtoB/weights.bin', (file, nudged) => writeFileSync(file, new Uint8Array(Float32Array.of(nudged ? -1 : 1).buffer)));
  assert.equal(weights, { absolute: 2, relative: 2, values: 1, differing: 1 });
  const picture = await written('samples/x.png', (file, nudged) => writeFileSync(file, encodePlainPng({ height: 1, width: 1, data: Uint8Array.of(9, 9, nudged ? 11 : 9) })));
  assert.equal(picture, { absolute: 2, relative: 2 / 11, values: 3, differing: 1 });
});

test('texts are compared by their numbers where their words are the same', async () => {
  const metrics = await written('metrics.jsonl', (file, nudged) => writeFileSync(file, `{"epoch":1,"loss":${nudged ? '2e-1' : '0.1'},"file":"epoch-0010.png"}\n{"epoch":2,"loss":-3.5}\n`));
  assert.equal(metrics, { absolute: 0.1, relative: 0.5, values: 4, differing: 1 });
  assert.is(await written('metrics.jsonl', (file, nudged) => writeFileSync(file, nudged ? '{"a":1}' : '{"b":1}')), undefined);
  assert.is(await written('names.csv', (file, nudged) => writeFileSync(file, nudged ? 'epoch-0011' : 'epoch-0010')), undefined);
  assert.is((await written('x.json', (file, nudged) => writeFileSync(file, nudged ? '[1]' : '[1.0]')))!.absolute, 0);
});

test('what cannot be compared says so: other shapes, other forms, damaged files', async () => {
  assert.is(await written('weights.bin', (file, nudged) => writeFileSync(file, Buffer.alloc(nudged ? 8 : 4))), undefined);
  for (const name of ['a.npy', 'a.safetensors', 'a.png', 'a.unknown']) assert.is(await written(name, (file, nudged) => writeFileSync(file, nudged ? 'x' : 'y')), undefined, name);
});

test.run();
