import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeImage, encodePng } from '../../../stages/image/pixels.ts';
import type { DecodedImage } from '../../../stages/image/pixels.ts';
import { noise, noisePng, smoothJpeg } from '../test-images.ts';

const test = suite<{ folder: string }>('pixels', { folder: '' });
test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'giverny-pixels-'));
});
test.after(({ folder }) => rm(folder, { recursive: true, force: true }));

let files = 0;

async function decode(folder: string, content: Buffer): Promise<DecodedImage> {
  const file = join(folder, `${++files}`);
  await writeFile(file, content);
  const result = await decodeImage(file, 'train/A/x');
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const first = ({ pixels }: DecodedImage, count = 3) => [...pixels.data.subarray(0, count)];

test('8-bit RGB comes through unchanged, and through PNG and back', async ({ folder }) => {
  for (const [height, width] of [[1, 1], [3, 7], [16, 5]] as const) {
    const image = await decode(folder, await noisePng(height, width, height));
    assert.equal({ ...image.pixels, data: [...image.pixels.data] }, { data: [...noise(height, width, height)], height, width });
    assert.equal(image.oddities, []);
    assert.equal([...(await decode(folder, await encodePng(image.pixels))).pixels.data], [...image.pixels.data]);
  }
});

/** Where stored pixel (row, column) comes from in an upright image of 4×6, by what EXIF says of row 0 and column 0. */
const upright: Readonly<Record<number, (row: number, column: number) => readonly [row: number, column: number]>> = {
  1: (row, column) => [row, column],
  2: (row, column) => [row, 5 - column],
  3: (row, column) => [3 - row, 5 - column],
  4: (row, column) => [3 - row, column],
  5: (row, column) => [column, row],
  6: (row, column) => [column, 5 - row],
  7: (row, column) => [3 - column, 5 - row],
  8: (row, column) => [3 - column, row],
};

test('all eight EXIF orientations come out upright', async ({ folder }) => {
  const scene = noise(4, 6, 1);
  for (const [orientation, from] of Object.entries(upright)) {
    const [height, width] = Number(orientation) > 4 ? [6, 4] : [4, 6];
    const stored = Uint8Array.from({ length: scene.length }, (_, i) => {
      const [row, column] = from(Math.floor(i / 3 / width), Math.floor(i / 3) % width);
      return scene[(row * 6 + column) * 3 + (i % 3)]!;
    });
    const tagged = await sharp(stored, { raw: { width, height, channels: 3 } }).withMetadata({ orientation: Number(orientation) }).png().toBuffer();
    const { pixels, oddities } = await decode(folder, tagged);
    assert.equal([pixels.height, pixels.width, ...pixels.data], [4, 6, ...scene], `orientation ${orientation}`);
    assert.is(oddities.includes('an EXIF orientation, turned upright'), orientation !== '1');
  }
});

test('greyscale becomes three equal channels, 8 and 16 bit', async ({ folder }) => {
  const grey = await sharp(Buffer.from([10, 200]), { raw: { width: 2, height: 1, channels: 1 } }).toColourspace('b-w').png().toBuffer();
  const image = await decode(folder, grey);
  assert.equal(first(image, 6), [10, 10, 10, 200, 200, 200]);
  assert.equal(image.oddities, ['one grey channel, made three equal ones']);
  const deep = await sharp(Uint16Array.of(0x8080, 0x1234), { raw: { width: 2, height: 1, channels: 1 } }).toColourspace('grey16').png().toBuffer();
  assert.equal(first(await decode(folder, deep), 6), [0x80, 0x80, 0x80, 0x12, 0x12, 0x12]);
});

test('16-bit RGB keeps its upper bytes', async ({ folder }) => {
  const deep = await sharp(Uint16Array.of(0x8080, 0x1234, 0xffff), { raw: { width: 1, height: 1, channels: 3 } }).toColourspace('rgb16').png().toBuffer();
  const image = await decode(folder, deep);
  assert.equal(first(image), [0x80, 0x12, 0xff]);
  assert.equal(image.oddities, ['16 bits a channel, reduced to 8']);
});

test('transparency is laid over white', async ({ folder }) => {
  const clear = await sharp(Buffer.from([255, 0, 0, 255, 0, 0, 0, 0, 200, 0, 0, 128]), { raw: { width: 3, height: 1, channels: 4 } }).png().toBuffer();
  const image = await decode(folder, clear);
  assert.equal(first(image, 6), [255, 0, 0, 255, 255, 255]);
  const half = first(image, 9).slice(6);
  assert.ok([227, 127, 127].every((value, i) => Math.abs(value - half[i]!) <= 1), half.join());
  assert.equal(image.oddities, ['transparency, laid over white']);
});

test('CMYK and colour profiles are converted to sRGB', async ({ folder }) => {
  const brick = { create: { width: 16, height: 16, channels: 3, background: '#c04020' } } as const;
  const cmyk = await decode(folder, await sharp(brick).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer());
  assert.equal(cmyk.oddities, ['CMYK colours, converted to sRGB']);
  assert.is(cmyk.pixels.data.length, 16 * 16 * 3);
  assert.ok([0xc0, 0x40, 0x20].every((value, i) => Math.abs(value - first(cmyk)[i]!) < 40), first(cmyk).join());
  const wide = await decode(folder, await sharp(brick).withIccProfile('p3').png().toBuffer());
  assert.ok([0xc0, 0x40, 0x20].every((value, i) => Math.abs(value - first(wide)[i]!) <= 2), first(wide).join());
  assert.equal(wide.oddities, ['a colour profile, converted to sRGB']);
});

test('JPEG, WebP, TIFF, GIF and AVIF are read', async ({ folder }) => {
  const image = sharp(await smoothJpeg(16, 16, 3));
  const expected = (await decode(folder, await image.png().toBuffer())).pixels.data;
  const encoded = [image.jpeg({ quality: 98 }), image.webp({ lossless: true }), image.tiff({ compression: 'none' }), image.gif(), image.avif({ quality: 95 })];
  for (const format of encoded) {
    const { data } = (await decode(folder, await format.toBuffer())).pixels;
    const distance = data.reduce((sum, value, i) => sum + Math.abs(value - expected[i]!), 0) / data.length;
    assert.ok(distance < 8, `mean distance ${distance}`);
  }
});

test('what is no image, or only the beginning of one, is refused and named; nothing is half read', async ({ folder }) => {
  const jpeg = await smoothJpeg(32, 32, 5);
  const photo = await noisePng(24, 24, 6);
  const wrong: Buffer[] = [Buffer.alloc(0), Buffer.from('GIF? no'), Buffer.from('<html>')];
  for (let part = 0.05; part < 0.95; part += 0.1) {
    wrong.push(jpeg.subarray(0, Math.floor(jpeg.length * part)), photo.subarray(0, Math.floor(photo.length * part)));
  }
  const damagedPng = Buffer.from(photo);
  damagedPng[Math.floor(photo.length / 2)]! ^= 0xff;
  wrong.push(damagedPng);
  for (const [index, content] of wrong.entries()) {
    const file = join(folder, `wrong-${index}`);
    await writeFile(file, content);
    const result = await decodeImage(file, 'train/A/Monet 1.jpg');
    assert.not.ok(result.ok, `content ${index} of ${content.length} bytes was accepted`);
    if (result.ok) continue;
    assert.is(result.failure.code, 'image-unreadable');
    assert.match(result.failure.message, /^train\/A\/Monet 1\.jpg cannot be read as an image: [^\n]+$/);
  }
});

test.run();
