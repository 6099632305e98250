/** Resizing one image: what the stage does here or in threads. */
import { writeFileSync } from 'node:fs';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import { decodeSource } from '../image/pixels.ts';
import type { Oddity } from '../image/pixels.ts';
import { encodePlainPng } from '../image/plain-png.ts';
import { resample } from '../image/resample.ts';
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
  const image = await decodeSource(location, label);
  if (!image.ok) return image;
  writeFileSync(target, encodePlainPng(resample(image.value.pixels, size)));
  return ok(image.value.oddities);
}

export const resizeThreads = { script: import.meta.url, name: 'resize' } as const;

serveThreads(resizeThreads.name, resizeImage);
