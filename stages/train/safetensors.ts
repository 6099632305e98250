/**
 * The safetensors format (https://huggingface.co/docs/safetensors): eight bytes with the length of a JSON header, the
 * header, the values little-endian in its order. Any safetensors reader opens what is written here.
 */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

export type TensorData = Float32Array | Int32Array;

export interface StoredTensor {
  readonly shape: readonly number[];
  /** In C order; its class gives the type: F32 or I32. */
  readonly data: TensorData;
}

/** A tensor that is read only when its turn comes, so that a large state is never held twice. */
export interface TensorSource {
  readonly name: string;
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  read(): Promise<TensorData>;
}

export interface WrittenFile {
  readonly bytes: number;
  /** sha256, hex. */
  readonly sha256: string;
}

/** The bytes are not a safetensors file of F32 and I32 tensors. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

const lengthBytes = 8;

/** Writes a new file, sorted by name, and fsyncs it; the same tensors give the same bytes. */
export async function writeSafetensors(file: string, tensors: readonly TensorSource[]): Promise<WrittenFile> {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  const handle = await open(file, 'wx');
  try {
    const digest = createHash('sha256');
    let bytes = 0;
    const append = async (part: Uint8Array) => {
      digest.update(part);
      bytes += part.length;
      await writeAll(handle, part);
    };
    await append(encodeHeader(sorted));
    for (const tensor of sorted) await append(bytesOf(await readChecked(tensor)));
    await handle.sync();
    return { bytes, sha256: digest.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** Reads a whole file, with its sha256. Throws {@link SafetensorsError} where it is not one. */
export async function readSafetensors(file: string): Promise<{ readonly tensors: ReadonlyMap<string, StoredTensor>; readonly sha256: string }> {
  const content = await readFile(file);
  return { tensors: decode(content), sha256: createHash('sha256').update(content).digest('hex') };
}

function encodeHeader(tensors: readonly TensorSource[]): Uint8Array {
  let offset = 0;
  const entries = tensors.map(({ name, dtype, shape }) => {
    const begin = offset;
    offset += 4 * elements(shape);
    return [name, { dtype, shape, data_offsets: [begin, offset] }] as const;
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  // Padded, so that the values start at a multiple of 8 and can be viewed in place.
  const length = Math.ceil(text.length / 8) * 8;
  const header = Buffer.alloc(lengthBytes + length, ' ');
  header.writeBigUInt64LE(BigInt(length));
  text.copy(header, lengthBytes);
  return header;
}

function decode(content: Buffer): ReadonlyMap<string, StoredTensor> {
  if (content.length < lengthBytes) throw new SafetensorsError('too short for a header');
  const dataStart = lengthBytes + Number(content.readBigUInt64LE());
  if (dataStart > content.length) throw new SafetensorsError('the header is cut short');
  const header = parseHeader(content.toString('utf8', lengthBytes, dataStart));
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') tensors.set(name, decodeTensor(name, entry, content.subarray(dataStart)));
  }
  return tensors;
}

function parseHeader(text: string): Readonly<Record<string, unknown>> {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header === 'object' && header !== null) return header as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new SafetensorsError('the header is not a JSON object');
}

function decodeTensor(name: string, entry: unknown, values: Buffer): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  if ((dtype !== 'F32' && dtype !== 'I32') || !isSizes(shape) || !isSizes(offsets)) throw new SafetensorsError(`${name}: not F32 or I32`);
  const [begin = 0, end = 0] = offsets;
  if (end > values.length || end - begin !== 4 * elements(shape)) throw new SafetensorsError(`${name}: its values are cut short`);
  const bytes = Uint8Array.prototype.slice.call(values, begin, end);
  return { shape, data: dtype === 'F32' ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer) };
}

async function readChecked(tensor: TensorSource): Promise<TensorData> {
  const data = await tensor.read();
  const asDeclared = data.length === elements(tensor.shape) && data instanceof Float32Array === (tensor.dtype === 'F32');
  if (!asDeclared) throw new TypeError(`${tensor.name}: the values do not have the declared type and shape`);
  return data;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
}

const bytesOf = (data: TensorData) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const elements = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= 0);
