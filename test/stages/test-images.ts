/** Tiny images and image sets made for tests. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream } from '../../stages/random.ts';

/** Random 8-bit RGB, `[height, width, 3]`. */
export function noise(height: number, width: number, seed: number): Uint8Array {
  const stream = randomStream(seed, 'noise');
  return Uint8Array.from({ length: height * width * 3 }, () => stream.integer(256));
}

export const png = (pixels: Uint8Array, height: number, width: number): Promise<Buffer> =>
  sharp(pixels, { raw: { width, height, channels: 3 } }).png().toBuffer();

export const noisePng = (height: number, width: number, seed: number): Promise<Buffer> => png(noise(height, width, seed), height, width);

/** A photo-like JPEG: smooth, so that it survives compression. */
export async function smoothJpeg(height: number, width: number, seed: number): Promise<Buffer> {
  return sharp(await noisePng(4, 4, seed)).resize(width, height, { fit: 'fill', kernel: 'cubic' }).jpeg({ quality: 95 }).toBuffer();
}

export async function pixelsOf(file: string | Buffer): Promise<{ data: Buffer; height: number; width: number; channels: number }> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { data, height: info.height, width: info.width, channels: info.channels };
}

export type ImageSetFiles = Readonly<Record<string, Uint8Array>>;

/** Writes `files` (`train/A/1.png` → content) as an image set; its splits are those that occur. */
export async function writeImageSet(folder: string, files: ImageSetFiles, paired = false): Promise<string> {
  const splits = [...new Set(Object.keys(files).map((path) => path.split('/')[0]!))];
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const description = { format: 'images', splits: Object.fromEntries(splits.map((split) => [split, { paired }])) };
  await writeFile(join(folder, 'image-set.json'), JSON.stringify(description));
  return folder;
}
