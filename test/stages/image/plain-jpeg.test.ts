import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadPlainJpegDecoder } from '../../../stages/image/plain-jpeg.ts';
import { noisePng, smoothJpeg } from '../test-images.ts';

const decoder = await loadPlainJpegDecoder();

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
