/**
 * The PNG that stages write for one another: 8-bit RGB and nothing but pixels. Written and read here, since libvips takes
 * longer to set up its pipeline than such an image takes. https://www.w3.org/TR/png-3/
 */
import zlib, { constants, deflateSync, inflateSync } from 'node:zlib';
import crc32 from 'crc-32';
import { openKernels } from './kernels/kernels.ts';
import type { Pixels } from './pixels.ts';
import { isPlainSize } from './plain-size.ts';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const headerBytes = 13;
const depth = 8;
const rgb = 2;
/** Of the filters: each value as its difference from the same channel of the pixel to the left. */
const sub = 1;

/**
 * The pixels as PNG: filter Sub and Huffman codes alone, without a search for repetitions, which photographs hardly have
 * and which takes most of the time. The same bytes for the same pixels, with `kernels` and without.
 */
export function encodePlainPng({ data, height, width }: Pixels, kernels = openKernels()): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, rgb], 8);
  const body = kernels && isPlainSize(height, width) ? kernels.deflateLines(data, height) : deflateSync(filtered(data, height, width * 3), { strategy: constants.Z_HUFFMAN_ONLY });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}

/**
 * The pixels of a PNG as {@link encodePlainPng} writes it, or libvips with its defaults; undefined for any other file, sound
 * or not, and for one that is not of a plain size.
 */
export function decodePlainPng(file: Buffer): Pixels | undefined {
  const chunks = chunksOf(file);
  const header = chunks?.[0];
  if (!chunks || header?.type !== 'IHDR' || header.content.length !== headerBytes || chunks.at(-1)!.type !== 'IEND') return undefined;
  if (!header.content.subarray(8).equals(Buffer.from([depth, rgb, 0, 0, 0]))) return undefined;
  const between = chunks.slice(1, -1);
  // pHYs says how large to print it. What else there is may change colours, or the order is wrong: that is for libvips.
  if (!between.every(({ type }) => type === 'IDAT' || type === 'pHYs')) return undefined;
  const [width, height] = [header.content.readUInt32BE(0), header.content.readUInt32BE(4)];
  if (!isPlainSize(height, width)) return undefined;
  const lines = inflated(Buffer.concat(between.filter(({ type }) => type === 'IDAT').map(({ content }) => content)), height * (width * 3 + 1));
  return lines && unfiltered(lines, height, width);
}

interface Chunk {
  readonly type: string;
  readonly content: Buffer;
}

/** Up to the end of the file; undefined where it is no PNG, cut short, or a checksum is wrong. */
function chunksOf(file: Buffer): Chunk[] | undefined {
  if (!file.subarray(0, signature.length).equals(signature)) return undefined;
  const chunks: Chunk[] = [];
  for (let at = signature.length; at < file.length; ) {
    if (file.length < at + 12) return undefined;
    const end = at + 8 + file.readUInt32BE(at);
    if (file.length < end + 4 || checksum(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) return undefined;
    chunks.push({ type: file.toString('latin1', at + 4, at + 8), content: file.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}

function inflated(body: Buffer, bytes: number): Buffer | undefined {
  try {
    const lines = inflateSync(body, { maxOutputLength: bytes });
    return lines.length === bytes ? lines : undefined;
  } catch {
    return undefined;
  }
}

function filtered(data: Uint8Array, height: number, row: number): Uint8Array {
  const lines = new Uint8Array(height * (row + 1));
  for (let y = 0, to = 0, from = 0; y < height; y++) {
    lines[to++] = sub;
    for (const first = from + 3; from < first; from++) lines[to++] = data[from]!;
    for (const end = from + row - 3; from < end; from++) lines[to++] = data[from]! - data[from - 3]!;
  }
  return lines;
}

/** Filters None and Sub alone. */
function unfiltered(lines: Uint8Array, height: number, width: number): Pixels | undefined {
  const row = width * 3;
  const data = new Uint8Array(height * row);
  for (let y = 0, to = 0, from = 0; y < height; y++) {
    const filter = lines[from++]!;
    if (filter > sub) return undefined;
    data.set(lines.subarray(from, from + row), to);
    if (filter === sub) for (let i = to + 3; i < to + row; i++) data[i] = data[i]! + data[i - 3]!;
    from += row;
    to += row;
  }
  return { data, height, width };
}

function chunk(type: string, content: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(content.length + 12);
  bytes.writeUInt32BE(content.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE(checksum(bytes.subarray(4, content.length + 8)), content.length + 8);
  return bytes;
}

/** Node's own, since 20.15, is many times as fast. */
const checksum: (bytes: Uint8Array) => number = (zlib as { crc32?(bytes: Uint8Array): number }).crc32 ?? ((bytes) => crc32.buf(bytes) >>> 0);
