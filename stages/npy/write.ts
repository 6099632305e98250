import { open } from 'node:fs/promises';
import { bytesPerValue, encodeHeader } from './header.ts';
import type { ImagesShape, NpyType } from './header.ts';

export interface ImagesWriter {
  /** The next values: whole images or parts of them, in C order. */
  write(values: Float32Array | Uint8Array): Promise<void>;
  /** Closes the file; throws if fewer or more values were written than the shape says. */
  close(): Promise<void>;
  /** Closes the file unless {@link close} did, whatever was written: for `finally`. */
  release(): Promise<void>;
}

/**
 * Begins a .npy file of `shape` `[images, height, width, channels]` and takes its values in pieces, so that memory does
 * not grow with the number of images. Only float32 arrays may be written to a float32 file, uint8 arrays to a uint8 one.
 */
export async function createImages(file: string, type: NpyType, shape: ImagesShape): Promise<ImagesWriter> {
  const expected = shape.reduce((product, size) => product * size, bytesPerValue[type]);
  const handle = await open(file, 'wx');
  let written = 0;
  let isOpen = true;
  const append = async (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
  };
  const release = async () => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  await append(encodeHeader(type, shape));
  return {
    async write(values) {
      if (values instanceof Float32Array !== (type === 'float32')) throw new TypeError(`${file} takes ${type} values`);
      written += values.byteLength;
      if (written > expected) throw new RangeError(`${file}: more values than the shape (${shape.join(', ')}) holds`);
      await append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    },
    async close() {
      await release();
      if (written !== expected) throw new RangeError(`${file}: ${written} of the ${expected} bytes of shape (${shape.join(', ')}) were written`);
    },
    release,
  };
}
