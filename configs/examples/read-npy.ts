/** Arrays as normalize writes them: numpy's format, float32, in C order. */
import { readFile } from 'node:fs/promises';

export interface FloatArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export async function readNpy(file: string): Promise<FloatArray> {
  const bytes = await readFile(file);
  const headerEnd = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, headerEnd);
  if (!header.includes("'descr': '<f4'")) throw new Error(`an array of float32 was expected: ${header.trim()}`);
  const shape = /'shape': \(([^)]*)\)/.exec(header)![1]!.split(',').filter((size) => size.trim() !== '').map(Number);
  const body = bytes.subarray(headerEnd);
  return { shape, values: new Float32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength)) };
}
