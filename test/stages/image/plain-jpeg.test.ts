import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCodec, PlainJpegDecoder } from '../../../stages/image/plain-jpeg.ts';
import { noisePng, pixelsOf, smoothJpeg } from '../test-images.ts';
import { halfWidth } from './half-width.ts';

const decoder = new PlainJpegDecoder();

/** The same coefficients under another sampling of luma: the square has as many blocks either way. */
function sampledAs(sampling: number): Buffer {
  const file = Buffer.from(halfWidth);
  const luma = file.indexOf(Buffer.from([0xff, 0xc0])) + 11;
  assert.is(file[luma], 0x21);
  file[luma] = sampling;
  return file;
}

async function decoded(file: Buffer): Promise<readonly number[] | undefined> {
  const image = await decoder.decode(file);
  return image && [image.height, image.width, ...image.data.filter((_, i) => i % 4 !== 3)];
}

test('a plain JPEG has the pixels that libvips decodes', async () => {
  for (const [height, width] of [[64, 80], [31, 57], [1, 1], [8, 17], [60, 3]] as const) {
    for (const source of [await noisePng(height, width, 1), await smoothJpeg(height, width, 2)]) {
      for (const options of [{}, { chromaSubsampling: '4:4:4' }, { progressive: true }, { quality: 30, mozjpeg: true }, { quality: 100 }]) {
        const file = await sharp(source).jpeg(options).toBuffer();
        const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
        assert.equal(await decoded(file), [height, width, ...data], `${height}×${width} ${JSON.stringify(options)}`);
      }
    }
  }
});

test('chroma at half the width has libvips\'s pixels; at half the height, or less, it is left to libvips', async () => {
  const { data } = await pixelsOf(halfWidth);
  assert.equal(await decoded(halfWidth), [32, 32, ...data]);
  const halfHeight = sampledAs(0x12);
  assert.equal((await pixelsOf(halfHeight)).height, 32);
  for (const file of [halfHeight, sampledAs(0x41), sampledAs(0x14)]) assert.is(await decoded(file), undefined);
});

test('what decodes is loaded for plain JPEGs alone; where that fails libvips decodes, and it is tried again', async () => {
  let opened = 0;
  const failing = new PlainJpegDecoder(() => (++opened === 1 ? Promise.reject(new Error('no such file')) : openCodec()));
  for (const other of [await noisePng(4, 4, 1), sampledAs(0x12), Buffer.from('GIF89a')]) assert.is(await failing.decode(other), undefined);
  assert.is(opened, 0);
  assert.is(await failing.decode(halfWidth), undefined);
  for (const _ of [1, 2]) assert.is((await failing.decode(halfWidth))?.height, 32);
  assert.is(opened, 2);
});

test('what is not plain, cut short or damaged is left to libvips, and the next is decoded again', async () => {
  const image = sharp(await smoothJpeg(40, 40, 3));
  const plain = await image.jpeg().toBuffer();
  const others = [
    await image.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    await image.clone().withIccProfile('p3').jpeg().toBuffer(),
    await image.clone().toColourspace('cmyk').jpeg().toBuffer(),
    await image.clone().toColourspace('b-w').jpeg().toBuffer(),
    await image.clone().png().toBuffer(),
    Buffer.alloc(0),
    Buffer.from([0xff, 0xd8, 0xff]),
  ];
  for (let part = 0.05; part < 1; part += 0.1) others.push(plain.subarray(0, Math.floor(plain.length * part)));
  for (const file of others) {
    assert.is(await decoded(file), undefined);
    assert.ok(await decoded(plain));
  }
});

test.run();
