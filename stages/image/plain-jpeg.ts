/**
 * The JPEG of most data sets: baseline or progressive, 8 bits, three components of common sampling, without a profile or an
 * orientation. Read by our kernels where it is baseline, else by mozjpeg as WebAssembly: the pixels are those that libvips
 * decodes, bit for bit (it has mozjpeg, too), in less time than libvips takes to set up its pipeline for such a small image.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { openKernels } from './kernels/kernels.ts';
import type { Kernels } from './kernels/kernels.ts';
import { isPlainSize } from './plain-size.ts';
import type { SourcePixels } from './resample.ts';

/** Starts of frame: baseline, extended, progressive; all with Huffman codes. */
const frames = [0xc0, 0xc1, 0xc2];
const startOfScan = 0xda;
/** What may stand before the first scan: the JFIF header, a comment, Huffman and quantization tables, the restart interval. */
const harmless = [0xe0, 0xfe, 0xc4, 0xdb, 0xdd];
/**
 * Luma's sampling where chroma's is 1×1: none, half the width, half of both. Otherwise (4:4:0, say) libvips's libjpeg
 * interpolates chroma where this one repeats it.
 */
const sampled = [0x11, 0x21, 0x22];

/** Reads plain JPEGs in this thread. */
export class PlainJpegDecoder {
  readonly #open: () => Promise<Codec>;
  #codec: Promise<Codec> | undefined;

  readonly #kernels: Kernels | undefined;

  /**
   * `open` and `kernels` are given by tests: `open` loads what decodes, at the first plain JPEG that kernels do not decode
   * (progressive, say) and after each one that was damaged.
   */
  constructor(open: () => Promise<Codec> = openCodec, kernels = openKernels()) {
    this.#open = open;
    this.#kernels = kernels;
  }

  /** RGB and a fourth value for each pixel; undefined for any other file, for a damaged one, and where nothing decodes here. */
  async decode(file: Buffer): Promise<SourcePixels | undefined> {
    if (!isPlain(file)) return undefined;
    const image = this.#kernels?.decodeJpeg(file);
    if (image) return image;
    const codec = (this.#codec ??= this.#open());
    try {
      const image = (await codec)(file);
      return image && { ...image, data: new Uint8Array(image.data.buffer), stride: 4 };
    } catch {
      // libjpeg has left in the middle of its work, and what it held is lost with its instance; or there is none.
      if (this.#codec === codec) this.#codec = undefined;
      return undefined;
    }
  }
}

/** Undefined where it complains; throws where it gives up. */
type Codec = (file: Buffer) => DecodedJpeg | undefined;

interface DecodedJpeg {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly height: number;
  readonly width: number;
}

export async function openCodec(): Promise<Codec> {
  const { resolve } = createRequire(import.meta.url);
  const wasmBinary = await readFile(resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
  const { default: create } = await import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js');
  let complaints = 0;
  const { decode } = await create({ noInitialRun: true, wasmBinary, printErr: () => void complaints++ });
  return (file) => {
    complaints = 0;
    const image = decode(file, true);
    return image && complaints === 0 ? image : undefined;
  };
}

/** Whether only {@link harmless} segments stand before the scan, and a frame of three components, of a plain size and sampling. */
function isPlain(file: Buffer): boolean {
  if (file.length < 4 || file.readUInt16BE(0) !== 0xffd8) return false;
  for (let at = 2, framed = false; at + 4 <= file.length && file[at] === 0xff; at += 2 + file.readUInt16BE(at + 2)) {
    const marker = file[at + 1]!;
    if (marker === startOfScan) return framed;
    if (frames.includes(marker)) framed = isPlainFrame(file.subarray(at + 4));
    else if (!harmless.includes(marker)) return false;
  }
  return false;
}

/** Bits a value, height, width, the number of components; of each component its name, its sampling and its table. */
const isPlainFrame = (frame: Buffer): boolean =>
  frame.length >= 15 && frame[0] === 8 && frame[5] === 3 && isPlainSize(frame.readUInt16BE(1), frame.readUInt16BE(3)) &&
  sampled.includes(frame[7]!) && frame[10] === 0x11 && frame[13] === 0x11;
