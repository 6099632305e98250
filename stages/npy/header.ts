/** The header of a .npy file: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */

export type NpyType = 'float32' | 'uint8';

/** `[images, height, width, channels]`. */
export type ImagesShape = readonly [images: number, height: number, width: number, channels: number];

export interface NpyHeader {
  readonly type: NpyType;
  readonly shape: ImagesShape;
  /** Bytes before the first value. */
  readonly offset: number;
}

/** The file is not a .npy of images: no such magic, another type, order or number of axes, or cut short. */
export class NpyFormatError extends Error {
  override readonly name = 'NpyFormatError';
}

export const bytesPerValue: Readonly<Record<NpyType, number>> = { float32: 4, uint8: 1 };

const descriptors: Readonly<Record<NpyType, string>> = { float32: '<f4', uint8: '|u1' };
const magic = Buffer.from('\x93NUMPY', 'latin1');
const alignment = 64;
/** Magic, version and the two bytes of version 1.0's header length. */
const prefixBytes = magic.length + 2 + 2;

/** A version 1.0 header, padded to a multiple of 64 bytes as numpy pads it. */
export function encodeHeader(type: NpyType, shape: ImagesShape): Buffer {
  const text = `{'descr': '${descriptors[type]}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const total = Math.ceil((prefixBytes + text.length + 1) / alignment) * alignment;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(total - prefixBytes);
  const padded = text.padEnd(total - prefixBytes - 1) + '\n';
  return Buffer.concat([magic, Buffer.from([1, 0]), length, Buffer.from(padded, 'latin1')]);
}

/** How many bytes of a file {@link decodeHeader} wants to see at most. */
export const headerBytesAtMost = 4096;

/** Reads versions 1.0 to 3.0. `start` is the beginning of the file, at least its header. Throws {@link NpyFormatError}. */
export function decodeHeader(start: Buffer, file: string): NpyHeader {
  if (start.length < prefixBytes || !start.subarray(0, magic.length).equals(magic)) {
    throw new NpyFormatError(`${file} is not a .npy file`);
  }
  const wide = start[magic.length] !== 1;
  const textStart = prefixBytes + (wide ? 2 : 0);
  const offset = textStart + (wide ? start.readUInt32LE(magic.length + 2) : start.readUInt16LE(magic.length + 2));
  if (offset > start.length) throw new NpyFormatError(`${file}: the header is cut short or too long`);
  const text = start.toString('latin1', textStart, offset);
  return { type: typeOf(text, file), shape: shapeOf(text, file), offset };
}

function typeOf(text: string, file: string): NpyType {
  const descriptor = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  if (/'fortran_order'\s*:\s*True/.test(text)) throw new NpyFormatError(`${file} is in Fortran order; C order was expected`);
  for (const type of ['float32', 'uint8'] as const) if (descriptors[type] === descriptor) return type;
  throw new NpyFormatError(`${file} holds ${descriptor ?? 'values of an unknown type'}; float32 (<f4) or uint8 (|u1) was expected`);
}

function shapeOf(text: string, file: string): ImagesShape {
  const sizes = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(text)?.[1]?.split(',').map((size) => size.trim()).filter((size) => size !== '').map(Number);
  const [images, height, width, channels] = sizes ?? [];
  if (sizes?.length !== 4 || images === undefined || height === undefined || width === undefined || channels === undefined) {
    throw new NpyFormatError(`${file} has the shape (${sizes?.join(', ') ?? '?'}); (images, height, width, channels) was expected`);
  }
  return [images, height, width, channels];
}
