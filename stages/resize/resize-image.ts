/** Resizing one image: what the stage does here or in threads. */
import { writeFileSync } from 'node:fs';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import { decodeSource, readImageFile } from '../image/pixels.ts';
import type { Oddity, Pixels } from '../image/pixels.ts';
import { encodePlainPng } from '../image/plain-png.ts';
import { resample, resampleJpeg } from '../image/resample.ts';
import { serveThreads } from '../threads.ts';
import type { ResizeParams } from './schema.ts';

export interface ResizeJob {
  readonly location: string;
  /** For people. */
  readonly label: string;
  /** The PNG to write. */
  readonly target: string;
  readonly size: ResizeParams['size'];
}

/**
 * Stretches an image by antialiased bilinear filtering and writes it as PNG. It works on whole decoded pixels, since the
 * shrinking of a JPEG decoder would give others.
 */
export async function resizeImage({ location, label, target, size }: ResizeJob): Promise<Result<readonly Oddity[]>> {
  const file = readImageFile(location);
  const plain = resampleJpeg(file, size);
  if (plain) return write(target, plain.pixels, smallness(plain.from));
  const image = await decodeSource(file, label);
  if (!image.ok) return image;
  const { pixels, oddities } = image.value;
  return write(target, resample(pixels, size), [...oddities, ...smallness(pixels)]);
}

function write(target: string, pixels: Pixels, oddities: readonly Oddity[]): Result<readonly Oddity[]> {
  writeFileSync(target, encodePlainPng(pixels));
  return ok(oddities);
}

/** What is smaller is a web page's invisible pixel, or an icon, or what a script wrote that failed. */
const smallestSide = 8;

const smallness = ({ height, width }: { readonly height: number; readonly width: number }): readonly Oddity[] =>
  Math.min(height, width) < smallestSide ? ['fewer than 8 pixels in height or width, which is no picture'] : [];

export const resizeThreads = { script: import.meta.url, name: 'resize' } as const;

serveThreads(resizeThreads.name, resizeImage);
