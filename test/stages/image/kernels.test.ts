// What WebAssembly makes is what mozjpeg, JavaScript and zlib make, byte for byte: else a run would depend on the processor.
import { deflateSync, constants } from 'node:zlib';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernels } from '../../../bin/kernels.js';
import { Kernels } from '../../../stages/image/kernels/kernels.ts';
import { openCodec } from '../../../stages/image/plain-jpeg.ts';
import { encodePlainPng } from '../../../stages/image/plain-png.ts';
import { resample, resampleJpeg } from '../../../stages/image/resample.ts';
import { randomStream } from '../../../stages/random.ts';
import { halfWidth } from './half-width.ts';

const kernels = new Kernels(Uint8Array.from(await compileKernels()));
const random = randomStream(1, 'kernels');
const upTo = (most: number) => 1 + Math.floor(random.next() * most);

/** Sorts of values: noise, one, two extremes, and such as differences of neighbours have: few large ones. */
const sorts: readonly (() => number)[] = [
  () => random.next() * 256,
  () => 255,
  () => (random.next() < 0.5 ? 0 : 255),
  () => (random.next() + random.next() + random.next() - 1.5) * 20,
  () => Math.floor(-Math.log2(random.next()) * 1.4) * 7,
  () => (random.next() < 1e-4 ? 9 : 0),
];

test('resampling: larger, smaller, one pixel, any values, three and four to a pixel', () => {
  for (let turn = 0; turn < 300; turn++) {
    const [height, width, toHeight, toWidth] = [upTo(90), upTo(90), upTo(turn % 10 === 0 ? 1 : 90), upTo(90)];
    const stride = turn % 2 === 0 ? 3 : 4;
    const data = Uint8Array.from({ length: height * width * stride }, sorts[turn % 3]!);
    const image = { data, height, width, stride } as const;
    const [fast, plain] = [kernels, undefined].map((by) => resample(image, [toHeight, toWidth], by));
    assert.ok(Buffer.from(fast!.data).equals(plain!.data), `${height}×${width}×${stride} → ${toHeight}×${toWidth}`);
  }
});

test('PNG: lines of any length, in one block and in several, full and empty last ones', () => {
  // 16,383 bytes are a block of zlib's: 1 + 3 · 1,820 is a third of it.
  const sizes = [[1, 1], [2, 1], [1, 5], [3, 1820], [6, 1820], [1, 5460], [1, 5461], [64, 64], [128, 128], [200, 300]] as const;
  for (const [height, width] of [...sizes, ...Array.from({ length: 60 }, () => [upTo(60), upTo(300)] as const)]) {
    for (const sort of sorts) {
      const data = Uint8Array.from({ length: height * width * 3 }, sort);
      const image = { data, height, width };
      assert.ok(encodePlainPng(image, kernels).equals(encodePlainPng(image, undefined)), `${height}×${width}`);
    }
  }
});

test('a stream is zlib\'s where codes would be longer than 15 bits', () => {
  // As often as Fibonacci's numbers say: each symbol's code is one bit longer than that of the next.
  const often = [1, 1];
  while (often.length < 20) often.push(often.at(-1)! + often.at(-2)!);
  const differences = often.flatMap((count, value) => Array.from({ length: count }, () => value * 3)).slice(0, 10_944);
  const data = Uint8Array.from(differences);
  for (let i = 3; i < data.length; i++) data[i] = data[i]! + data[i - 3]!;
  const expected = deflateSync(Uint8Array.of(1, ...differences), { strategy: constants.Z_HUFFMAN_ONLY });
  assert.ok(Buffer.from(kernels.deflateLines(data, 1)).equals(expected));
});

/** Of every sampling that there is between 1×1 and half in both, of photos and of worse, from hardly to barely compressed. */
async function jpegs(count: number): Promise<Buffer[]> {
  const files: Buffer[] = [];
  for (let turn = 0; turn < count; turn++) {
    const [height, width] = [upTo(70), upTo(70)];
    const data = turn % 2 === 0
      ? Uint8Array.from({ length: height * width * 3 }, sorts[turn % 3]!)
      : Uint8Array.from({ length: height * width * 3 }, (_, i) => 128 + 60 * Math.sin(i / 3 / 7 + (i % 3)) + random.next() * 40);
    const quality = [5, 30, 75, 90, 100][turn % 5]!;
    files.push(await sharp(data, { raw: { height, width, channels: 3 } }).jpeg({ quality, chromaSubsampling: turn % 4 < 2 ? '4:2:0' : '4:4:4', optimizeCoding: turn % 3 > 0 }).toBuffer());
  }
  return files;
}

test('JPEG: mozjpeg\'s pixels, at full size and resampled', async () => {
  const reference = await openCodec();
  let decoded = 0;
  for (const file of [halfWidth, ...(await jpegs(120))]) {
    const image = kernels.decodeJpeg(file);
    const expected = reference(file)!;
    if (!image) continue;
    decoded++;
    assert.equal([image.height, image.width], [expected.height, expected.width]);
    assert.ok(Buffer.from(image.data).equals(Buffer.from(expected.data.buffer)));
    const size = [upTo(60), upTo(60)] as const;
    assert.equal(resampleJpeg(file, size, kernels)?.pixels, resample(image, size, kernels));
  }
  assert.ok(kernels.decodeJpeg(halfWidth));
  // Not those of which a value is beyond what clipping is defined for.
  assert.ok(decoded > 80, `${decoded} decoded`);
});

test('JPEG: cut short, damaged, progressive: nothing is decoded that mozjpeg complains of, and nothing otherwise than by it', async () => {
  const reference = await openCodec();
  const files = await jpegs(20);
  let decoded = 0;
  for (let turn = 0; turn < 1500; turn++) {
    const whole = Buffer.from(files[turn % files.length]!);
    const at = Math.floor(random.next() * whole.length);
    if (turn % 3 === 0) whole[at] = whole[at]! ^ (1 << upTo(7));
    else if (turn % 3 === 1) whole.copyWithin(at, at + upTo(3));
    const file = turn % 3 === 2 ? whole.subarray(0, at) : whole;
    const image = kernels.decodeJpeg(file);
    if (!image) continue;
    decoded++;
    const expected = reference(file);
    assert.ok(expected !== undefined && Buffer.from(image.data).equals(Buffer.from(expected.data.buffer)), `turn ${turn}`);
  }
  assert.ok(decoded > 100, `${decoded} decoded`);
  const progressive = await sharp(files[0]).jpeg({ progressive: true }).toBuffer();
  assert.is(kernels.decodeJpeg(progressive), undefined);
});

test.run();
