import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../../../stages/random.ts';
import { SafetensorsError, readSafetensors, writeSafetensors } from '../../../stages/train/safetensors.ts';
import type { StoredTensor, TensorSource } from '../../../stages/train/safetensors.ts';

let folder = '';
test.before(async () => void (folder = await mkdtemp(join(tmpdir(), 'giverny-safetensors-'))));
test.after(() => rm(folder, { recursive: true, force: true }));

const source = (name: string, { shape, data }: StoredTensor): TensorSource => ({
  name, shape, dtype: data instanceof Float32Array ? 'F32' : 'I32', read: async () => data,
});

function randomTensors(seed: number): Map<string, StoredTensor> {
  const random = randomStream(seed, 'safetensors test');
  const tensors = new Map<string, StoredTensor>();
  for (let i = random.integer(6); i >= 0; i--) {
    const shape = Array.from({ length: random.integer(4) }, () => random.integer(5));
    const size = shape.reduce((product, n) => product * n, 1);
    const values = Array.from({ length: size }, () => (random.next() < 0.1 ? -0 : random.normal() * 1e3));
    tensors.set(`network/layer ${i}/ÿ"µ`, { shape, data: random.next() < 0.5 ? Float32Array.from(values) : Int32Array.from(values) });
  }
  return tensors;
}

test('what is written is read back, bit for bit', async () => {
  for (let seed = 0; seed < 30; seed++) {
    const tensors = randomTensors(seed);
    const file = join(folder, `${seed}.safetensors`);
    const written = await writeSafetensors(file, [...tensors].map(([name, tensor]) => source(name, tensor)));
    const read = await readSafetensors(file);
    assert.is(read.sha256, written.sha256);
    assert.equal([...read.tensors.keys()].sort(), [...tensors.keys()].sort());
    for (const [name, { shape, data }] of tensors) {
      assert.equal(read.tensors.get(name)?.shape, shape);
      assert.equal(Buffer.from(read.tensors.get(name)!.data.buffer), Buffer.from(data.buffer));
    }
  }
});

test('the order in which tensors come does not matter', async () => {
  const sources = [...randomTensors(3)].map(([name, tensor]) => source(name, tensor));
  const one = await writeSafetensors(join(folder, 'one'), sources);
  const other = await writeSafetensors(join(folder, 'other'), [...sources].reverse());
  assert.equal(one, other);
});

test('the header is aligned to 8 bytes, as other readers ask for', async () => {
  const file = join(folder, 'aligned');
  await writeSafetensors(file, [source('x', { shape: [1], data: Float32Array.of(1) })]);
  const content = await readFile(file);
  assert.is(Number(content.readBigUInt64LE()) % 8, 0);
  assert.is(content.readFloatLE(content.length - 4), 1);
});

test('a file cut short anywhere is refused', async () => {
  const file = join(folder, 'whole');
  await writeSafetensors(file, [source('x', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) })]);
  const content = await readFile(file);
  for (let length = 0; length < content.length; length++) {
    await writeFile(join(folder, 'short'), content.subarray(0, length));
    const refused = await readSafetensors(join(folder, 'short')).then(() => false, (error: unknown) => error instanceof SafetensorsError);
    assert.ok(refused, `cut to ${length} bytes`);
  }
});

test('values that are not of the declared shape are a bug, and said so', async () => {
  const wrong: TensorSource = { name: 'x', dtype: 'F32', shape: [3], read: async () => Float32Array.of(1) };
  let thrown: unknown;
  await writeSafetensors(join(folder, 'wrong'), [wrong]).catch((error: unknown) => (thrown = error));
  assert.instance(thrown, TypeError);
});

test.run();
