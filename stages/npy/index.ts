/** Images as .npy arrays, which numpy opens: `[images, height, width, channels]`, float32 or uint8, little-endian. */
export { NpyFormatError } from './header.ts';
export type { ImagesShape, NpyType } from './header.ts';
export { openImages } from './read.ts';
export type { ImagesFile } from './read.ts';
export { createImages } from './write.ts';
export type { ImagesWriter } from './write.ts';
