/** Decoding and resizing alone, for the benchmark: what the resize stage does to an image before it writes it. */
import { readImageFile, decodeSource } from '../../stages/image/pixels.ts';
import { resample, resampleJpeg } from '../../stages/image/resample.ts';
import { serveThreads } from '../../stages/threads.ts';

const size = [128, 128] as const;

async function decodeToSize(location: string): Promise<Uint8Array> {
  const file = readImageFile(location);
  const plain = resampleJpeg(file, size);
  if (plain) return plain.pixels.data;
  const image = await decodeSource(file, location);
  if (!image.ok) throw new Error(image.failure.message);
  return resample(image.value.pixels, size).data;
}

export const decodeThreads = { script: import.meta.url, name: 'decode' } as const;

serveThreads(decodeThreads.name, decodeToSize);
