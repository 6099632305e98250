import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { NpyFormatError, bytesPerValue, decodeHeader, headerBytesAtMost } from './header.ts';
import type { ImagesShape, NpyHeader, NpyType } from './header.ts';

/** A .npy file of images, open for reading slices. */
export interface ImagesFile {
  readonly type: NpyType;
  /** `[images, height, width, channels]`. */
  readonly shape: ImagesShape;
  /** Images `from` … `from + count − 1` as `[count, height, width, channels]` in C order; uint8 values keep their 0–255. */
  read(from: number, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a .npy file of float32 or uint8 images; throws NpyFormatError if it is none or is cut short. */
export async function openImages(file: string): Promise<ImagesFile> {
  const handle = await open(file, 'r');
  try {
    const header = await headerOf(handle, file);
    return {
      type: header.type,
      shape: header.shape,
      read: (from, count) => readSlice(handle, header, file, from, count),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function headerOf(handle: FileHandle, file: string): Promise<NpyHeader> {
  const start = Buffer.alloc(headerBytesAtMost);
  const { bytesRead } = await handle.read(start, 0, start.length, 0);
  const header = decodeHeader(start.subarray(0, bytesRead), file);
  const expected = header.offset + header.shape.reduce((product, size) => product * size, bytesPerValue[header.type]);
  const { size } = await handle.stat();
  if (size !== expected) throw new NpyFormatError(`${file} has ${size} bytes; its header says ${expected}`);
  return header;
}

async function readSlice(handle: FileHandle, header: NpyHeader, file: string, from: number, count: number): Promise<Float32Array> {
  const [images, height, width, channels] = header.shape;
  if (!Number.isInteger(from) || !Number.isInteger(count) || from < 0 || count < 0 || from + count > images) {
    throw new RangeError(`${file}: images ${from} to ${from + count} of ${images}`);
  }
  const values = height * width * channels;
  const slice = header.type === 'float32' ? new Float32Array(count * values) : new Uint8Array(count * values);
  const bytes = new Uint8Array(slice.buffer);
  const start = header.offset + from * values * bytesPerValue[header.type];
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw new NpyFormatError(`${file} is cut short`);
    done += bytesRead;
  }
  return slice instanceof Float32Array ? slice : Float32Array.from(slice);
}
