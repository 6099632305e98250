import { readFileSync } from 'node:fs';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { Metadata } from 'sharp';
import { imageSetFailed } from '../image-set/failures.ts';
import { PlainJpegDecoder } from './plain-jpeg.ts';
import { decodePlainPng } from './plain-png.ts';
import type { SourcePixels } from './resample.ts';
import { loadSharp } from './sharp.ts';
import { whatIsWrong } from './unreadable.ts';

/** 8-bit sRGB, `[height, width, 3]` in C order. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** What an image had that plain 8-bit sRGB has not, and what became of it; said once in a stage's log. */
export type Oddity =
  | 'an EXIF orientation, turned upright'
  | 'CMYK colours, converted to sRGB'
  | 'one grey channel, made three equal ones'
  | '16 bits a channel, reduced to 8'
  | 'transparency, laid over white'
  | 'a colour profile, converted to sRGB'
  | 'several pages or frames, the first taken'
  | 'fewer than 8 pixels in height or width, which is no picture';

export interface DecodedImage {
  readonly pixels: Pixels;
  readonly oddities: readonly Oddity[];
}

/**
 * Reads an image file of any common kind as 8-bit sRGB: upright, alpha over white, profiles applied. `name` is what the
 * failure `image-unreadable` calls it. A file of which any part cannot be decoded is refused, never half read.
 */
export async function decodeImage(location: string, name: string): Promise<Result<DecodedImage>> {
  const image = await decodeSource(readImageFile(location), name);
  return image.ok ? ok({ pixels: withoutFourth(image.value.pixels), oddities: image.value.oddities }) : image;
}

/** In one call: asynchronously a small file takes five times as long, and its thread has nothing else to do. */
export const readImageFile = (location: string): Buffer => readFileSync(location);

/** One a thread: what it decodes with is loaded at the first plain JPEG. */
const plainJpegs = new PlainJpegDecoder();

/** As {@link decodeImage}, of what the file holds, for who can pass over a fourth value of each pixel: spares a copy. */
export async function decodeSource(file: Buffer, name: string): Promise<Result<DecodedSource>> {
  const plain = decodePlainPng(file);
  if (plain) return ok({ pixels: { ...plain, stride: 3 }, oddities: [] });
  const pixels = await plainJpegs.decode(file);
  return pixels ? ok({ pixels, oddities: [] }) : decodeAny(file, name);
}

interface DecodedSource {
  readonly pixels: SourcePixels;
  readonly oddities: readonly Oddity[];
}

async function decodeAny(file: Buffer, name: string): Promise<Result<DecodedSource>> {
  const sharp = await loadSharp();
  try {
    const image = sharp(file, { autoOrient: true, failOn: 'warning' });
    const metadata = await image.metadata();
    const { data, info } = await image
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} channels after the conversion to sRGB`);
    return ok({ pixels: { data, height: info.height, width: info.width, stride: 3 }, oddities: odditiesOf(metadata) });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return imageSetFailed('image-unreadable', `${name} cannot be read as an image: ${whatIsWrong(file, error.message)}`, {
      hint: 'copy or download the file again, or take it out of the data',
    });
  }
}

function withoutFourth({ data, height, width, stride }: SourcePixels): Pixels {
  if (stride === 3) return { data, height, width };
  const rgb = new Uint8Array(height * width * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
  }
  return { data: rgb, height, width };
}

/** The pixels as PNG; lossless, and the same bytes for the same pixels. */
export async function encodePng(pixels: Pixels): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 3 } })
    .png()
    .toBuffer();
}

function odditiesOf(metadata: Metadata): Oddity[] {
  const found: [boolean, Oddity][] = [
    [(metadata.orientation ?? 1) > 1, 'an EXIF orientation, turned upright'],
    [metadata.space === 'cmyk', 'CMYK colours, converted to sRGB'],
    [metadata.space === 'b-w' || metadata.space === 'grey16', 'one grey channel, made three equal ones'],
    [metadata.depth !== 'uchar' && metadata.depth !== undefined, '16 bits a channel, reduced to 8'],
    [metadata.hasAlpha === true, 'transparency, laid over white'],
    [metadata.hasProfile === true && metadata.space !== 'cmyk', 'a colour profile, converted to sRGB'],
    [(metadata.pages ?? 1) > 1, 'several pages or frames, the first taken'],
  ];
  return found.filter(([has]) => has).map(([, oddity]) => oddity);
}
