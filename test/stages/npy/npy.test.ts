import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeHeader } from '../../../stages/npy/header.ts';
import { NpyFormatError, createImages, openImages } from '../../../stages/npy/index.ts';
import type { ImagesShape } from '../../../stages/npy/index.ts';
import { randomStream } from '../../../stages/random.ts';
import { findPython } from '../find-python.ts';
import { readImages } from './read-images.ts';

const test = suite<{ folder: string }>('npy', { folder: '' });
test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'giverny-npy-'));
});
test.after(({ folder }) => rm(folder, { recursive: true, force: true }));

async function writeRandom(file: string, shape: ImagesShape, seed: number): Promise<Float32Array> {
  const stream = randomStream(seed, 'values');
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: size }, () => stream.normal());
  const writer = await createImages(file, 'float32', shape);
  for (let from = 0; from < size; ) {
    const to = Math.min(size, from + 1 + stream.integer(size));
    await writer.write(values.subarray(from, to));
    from = to;
  }
  await writer.close();
  return values;
}

test('what is written in pieces is read back in slices, any shape', async ({ folder }) => {
  for (let seed = 0; seed < 30; seed++) {
    const sizes = randomStream(seed, 'shape');
    const shape: ImagesShape = [1 + sizes.integer(12), 1 + sizes.integer(9), 1 + sizes.integer(9), 1 + sizes.integer(4)];
    const file = join(folder, `${seed}.npy`);
    const values = await writeRandom(file, shape, seed);
    const header = decodeHeader(await readFile(file), file);
    assert.equal(header.shape, shape);
    assert.is(header.offset % 64, 0);
    const from = sizes.integer(shape[0]);
    const count = 1 + sizes.integer(shape[0] - from);
    const image = shape[1] * shape[2] * shape[3];
    assert.equal(await readImages(file, from, count), values.slice(from * image, (from + count) * image));
  }
});

test('uint8 images keep their values', async ({ folder }) => {
  const file = join(folder, 'bytes.npy');
  const writer = await createImages(file, 'uint8', [2, 1, 2, 3]);
  await writer.write(Uint8Array.of(0, 1, 2, 127, 128, 255));
  await writer.write(Uint8Array.of(5, 4, 3, 2, 1, 0));
  await writer.close();
  const images = await openImages(file);
  assert.is(images.type, 'uint8');
  assert.equal(await images.read(0, 1), Float32Array.of(0, 1, 2, 127, 128, 255));
  assert.equal(await images.read(1, 1), Float32Array.of(5, 4, 3, 2, 1, 0));
  await images.close();
});

test('too many, too few or other values are refused', async ({ folder }) => {
  const writer = await createImages(join(folder, 'few.npy'), 'float32', [2, 1, 1, 3]);
  let message = '';
  await writer.write(new Float32Array(7)).catch((error: Error) => (message = error.message));
  assert.match(message, 'more values');
  await writer.write(new Uint8Array(3)).catch((error: Error) => (message = error.message));
  assert.match(message, 'takes float32');
  await writer.release();
  const short = await createImages(join(folder, 'short.npy'), 'float32', [2, 1, 1, 3]);
  await short.write(new Float32Array(3));
  await short.close().catch((error: Error) => (message = error.message));
  assert.match(message, '12 of the 24 bytes');
});

test('a file that is no array of images is refused, whatever is wrong', async ({ folder }) => {
  const good = join(folder, 'good.npy');
  await writeRandom(good, [3, 4, 4, 3], 1);
  const bytes = await readFile(good);
  const change = (from: string, to: string) => Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
  const wrong: Record<string, Buffer> = {
    empty: Buffer.alloc(0),
    text: Buffer.from('not an array at all'),
    magic: Buffer.concat([Buffer.from('X'), bytes.subarray(1)]),
    headerOnly: bytes.subarray(0, 40),
    float64: change('<f4', '<f8'),
    bigEndian: change('<f4', '>f4'),
    fortran: change('False', 'True '),
    axes: change('(3, 4, 4, 3)', '(3, 4, 12)  '),
    cut: bytes.subarray(0, bytes.length - 1),
    long: Buffer.concat([bytes, Buffer.from([0])]),
  };
  for (const [kind, content] of Object.entries(wrong)) {
    const file = join(folder, `${kind}.npy`);
    await writeFile(file, content);
    const error = await openImages(file).then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof NpyFormatError, `${kind}: ${String(error)}`);
  }
  await truncate(good, 200);
  await appendFile(good, Buffer.alloc(bytes.length - 200));
  assert.is((await readImages(good, 0, 3)).length, 144);
  for (const [from, count] of [[2, 2], [NaN, 1], [0, NaN], [0.5, 1], [-1, 1]] as const) {
    const outside = await readImages(good, from, count).catch((error: unknown) => error);
    assert.instance(outside, RangeError, `${from}, ${count}`);
  }
});

const python = findPython('numpy');
if (!python) console.log('skipped, for there is no Python with numpy (set GIVERNY_TEST_PYTHON): numpy opens what we write');
(python ? test : test.skip)('numpy opens what we write, and we open what numpy writes', async ({ folder }) => {
  const file = join(folder, 'ours.npy');
  const values = await writeRandom(file, [5, 3, 4, 3], 3);
  const program = [
    'import sys, numpy as np',
    'a = np.load(sys.argv[1], mmap_mode="r")',
    'assert a.dtype == np.float32 and a.shape == (5, 3, 4, 3)',
    'np.save(sys.argv[2], a[1:4])',
    'np.lib.format.write_array(open(sys.argv[3], "wb"), np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3), version=(2, 0))',
  ].join('\n');
  const [theirs, bytes] = [join(folder, 'theirs.npy'), join(folder, 'bytes2.npy')];
  execFileSync(python!, ['-c', program, file, theirs, bytes]);
  assert.equal(await readImages(theirs, 0, 3), values.slice(36, 4 * 36));
  assert.equal(await readImages(bytes, 1, 1), Float32Array.from({ length: 12 }, (_, i) => i + 12));
});

test.run();
