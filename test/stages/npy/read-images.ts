import { openImages } from '../../../stages/npy/index.ts';
import type { ImagesFile, ImagesShape } from '../../../stages/npy/index.ts';

/** Images `from` … `from + count − 1` of a .npy file. */
export const readImages = (file: string, from: number, count: number): Promise<Float32Array> => reading(file, (images) => images.read(from, count));

export const readShape = (file: string): Promise<ImagesShape> => reading(file, async ({ shape }) => shape);

async function reading<T>(file: string, read: (images: ImagesFile) => Promise<T>): Promise<T> {
  const images = await openImages(file);
  try {
    return await read(images);
  } finally {
    await images.close();
  }
}
