import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePlainPng, encodePlainPng } from '../../../stages/image/plain-png.ts';
import { noise, noisePng, pixelsOf } from '../test-images.ts';

test('what is written is read here and by libvips, the same bytes each time', async () => {
  for (const [height, width] of [[1, 1], [3, 7], [64, 64], [5, 200]] as const) {
    const data = noise(height, width, height);
    const file = encodePlainPng({ data, height, width });
    assert.equal(decodePlainPng(file), { data, height, width });
    const { channels, ...read } = await pixelsOf(file);
    assert.equal([channels, read.height, read.width, [...read.data]], [3, height, width, [...data]]);
    assert.equal(encodePlainPng({ data, height, width }), file);
  }
});

test('what libvips writes with its defaults is read; anything else is left to it', async () => {
  const file = await noisePng(9, 12, 4);
  assert.equal(decodePlainPng(file)?.data, noise(9, 12, 4));
  const image = sharp(file);
  const others = [
    await image.clone().png({ palette: true }).toBuffer(),
    await image.clone().ensureAlpha().png().toBuffer(),
    await image.clone().toColourspace('b-w').png().toBuffer(),
    await image.clone().withIccProfile('p3').png().toBuffer(),
    await image.clone().png({ progressive: true }).toBuffer(),
    await image.clone().jpeg().toBuffer(),
    file.subarray(0, file.length - 3),
    file.subarray(0, file.length - 12),
    Buffer.alloc(0),
  ];
  const damaged = Buffer.from(file);
  damaged[60]! ^= 1;
  for (const other of [...others, damaged]) assert.is(decodePlainPng(other), undefined);
});

test('an image of no size, or of more pixels than 2048×2048, is left to libvips before anything is inflated', async () => {
  assert.is(decodePlainPng(encodePlainPng({ data: new Uint8Array(), height: 0, width: 0 })), undefined);
  const [height, width] = [8, 2048 * 256 + 1];
  const file = encodePlainPng({ data: new Uint8Array(height * width * 3).fill(7), height, width });
  assert.is(decodePlainPng(file), undefined);
  const largest = encodePlainPng({ data: new Uint8Array(2048 * 2048 * 3).fill(7), height: 2048, width: 2048 });
  assert.is(decodePlainPng(largest)?.width, 2048);
});

test.run();
