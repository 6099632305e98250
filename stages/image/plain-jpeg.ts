/**
 * The JPEG of most data sets: baseline or progressive, 8 bits, three components, without a profile or an orientation. Read
 * by mozjpeg as WebAssembly: the pixels are those that libvips decodes, bit for bit (it has mozjpeg, too), in less time than
 * libvips takes to set up its pipeline for such a small image.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SourcePixels } from './resample.ts';

/** Starts of frame: baseline, extended, progressive; all with Huffman codes. */
const frames = [0xc0, 0xc1, 0xc2];
const startOfScan = 0xda;
/** What may stand before the first scan: the JFIF header, a comment, Huffman and quantization tables, the restart interval. */
const harmless = [0xe0, 0xfe, 0xc4, 0xdb, 0xdd];
/** The decoder's memory grows to the largest image in each thread and never shrinks. */
const mostPixels = 2048 * 2048;

/** Reads plain JPEGs in this thread. */
export interface PlainJpegDecoder {
  /** RGB and a fourth value for each pixel; undefined for any other file, and for one that the decoder complains of. */
  decode(file: Buffer): Promise<SourcePixels | undefined>;
}

/** Loads the decoder, once a thread. */
export const loadPlainJpegDecoder = (): Promise<PlainJpegDecoder> => (loading ??= load());

let loading: Promise<PlainJpegDecoder> | undefined;

async function load(): Promise<PlainJpegDecoder> {
  const { resolve } = createRequire(import.meta.url);
  const wasmBinary = await readFile(resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
  const { default: create } = await import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js');
  let complaints = 0;
  const begin = () => create({ noInitialRun: true, wasmBinary, printErr: () => void complaints++ });
  let decoder = begin();
  return {
    async decode(file) {
      if (!isPlain(file)) return undefined;
      const { decode } = await decoder;
      try {
        complaints = 0;
        const image = decode(file, true);
        return image && complaints === 0 ? { ...image, data: new Uint8Array(image.data.buffer), stride: 4 } : undefined;
      } catch {
        // libjpeg has left in the middle of its work: what it held is lost with its instance.
        decoder = begin();
        return undefined;
      }
    },
  };
}

/** Whether only {@link harmless} segments stand before the scan, and a frame of three components that is not too large. */
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

const isPlainFrame = (frame: Buffer): boolean =>
  frame.length >= 6 && frame[0] === 8 && frame[5] === 3 && frame.readUInt16BE(1) * frame.readUInt16BE(3) <= mostPixels;
