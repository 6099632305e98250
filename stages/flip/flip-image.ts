/** Mirroring one image, or handing it on: what the stage does here or in threads. */
import { writeFileSync } from 'node:fs';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import { decodeImage, readImageFile } from '../image/pixels.ts';
import type { Oddity, Pixels } from '../image/pixels.ts';
import { encodePlainPng } from '../image/plain-png.ts';
import { serveThreads } from '../threads.ts';

export interface FlipJob {
  readonly location: string;
  /** For people. */
  readonly label: string;
  /** The PNG to write. */
  readonly target: string;
  readonly isFlipped: boolean;
  /** Whether it is a PNG already, which stays as it is where it is not mirrored. */
  readonly isPng: boolean;
}

export async function flipImage({ location, label, target, isFlipped, isPng }: FlipJob): Promise<Result<readonly Oddity[]>> {
  if (!isFlipped && isPng) {
    writeFileSync(target, readImageFile(location));
    return ok([]);
  }
  const image = await decodeImage(location, label);
  if (!image.ok) return image;
  writeFileSync(target, encodePlainPng(isFlipped ? mirrored(image.value.pixels) : image.value.pixels));
  return ok(image.value.oddities);
}

/** Left to right, pixel for pixel. */
export function mirrored({ data, height, width }: Pixels): Pixels {
  const result = new Uint8Array(data.length);
  for (let to = 0, y = 0; y < height; y++) {
    for (let from = (y + 1) * width * 3 - 3; from >= y * width * 3; from -= 3) {
      result[to++] = data[from]!;
      result[to++] = data[from + 1]!;
      result[to++] = data[from + 2]!;
    }
  }
  return { data: result, height, width };
}

export const flipThreads = { script: import.meta.url, name: 'flip' } as const;

serveThreads(flipThreads.name, flipImage);
