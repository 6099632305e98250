/**
 * Work on images as WebAssembly with vectors: see assembly/. It makes the same bytes as what it stands in for (resample.ts
 * in JavaScript, zlib), in a fraction of the time; tests hold it to that, so that nothing depends on which of them ran.
 */
import { kernelBinary } from './binary.ts';

/** What assembly/index.ts exports. Addresses are in bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  reset(): void;
  allocate(bytes: number): number;
  alongRows(source: number, height: number, from: number, stride: number, target: number, width: number, starts: number, weights: number, pairs: number): void;
  alongColumns(source: number, row: number, target: number, height: number, starts: number, weights: number, pairs: number): void;
  filterLines(source: number, height: number, row: number, target: number): void;
  deflateBound(bytes: number): number;
  deflate(source: number, bytes: number, target: number): number;
}

/** How places are weighed together, two taps at a time: see assembly/resample.ts. */
export interface PairedFilter {
  readonly pairs: number;
  /** `[to]`: the place of the first tap. */
  readonly starts: Int32Array;
  /** `[to, pairs, 4]`: the upper bits of two weights, their lower 11. */
  readonly halves: Int16Array;
}

export interface KernelImage {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly stride: 3 | 4;
}

/** One a thread: its memory is that of the image it works on, and grows to the largest. */
export class Kernels {
  readonly #exports: Exports;

  constructor(binary: Uint8Array<ArrayBuffer>) {
    this.#exports = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as unknown as Exports;
  }

  /** `[height, width, 3]`, by the filters along rows and along columns. */
  resample({ data, height: from, width: across, stride }: KernelImage, [height, width]: readonly [height: number, width: number], rows: PairedFilter, columns: PairedFilter): Uint8Array {
    const { alongRows, alongColumns } = this.#exports;
    this.#exports.reset();
    const [source, wide, result] = [this.#put(data), this.#allocate(from * width * 3), this.#allocate(height * width * 3)];
    alongRows(source, from, across, stride, wide, width, this.#put(rows.starts), this.#put(rows.halves), rows.pairs);
    alongColumns(wide, width * 3, result, height, this.#put(columns.starts), this.#put(columns.halves), columns.pairs);
    return this.#take(result, height * width * 3);
  }

  /** The lines of a PNG (`[height, 3 · width]` with filter Sub) as the zlib stream that Z_HUFFMAN_ONLY gives. */
  deflateLines(data: Uint8Array, height: number): Uint8Array {
    const { filterLines, deflate, deflateBound } = this.#exports;
    const bytes = data.length + height;
    this.#exports.reset();
    const [source, lines, stream] = [this.#put(data), this.#allocate(bytes), this.#allocate(deflateBound(bytes))];
    filterLines(source, height, data.length / height, lines);
    return this.#take(stream, deflate(lines, bytes, stream));
  }

  #allocate(bytes: number): number {
    return this.#exports.allocate(bytes) >>> 0;
  }

  #put(values: Uint8Array | Int16Array | Int32Array): number {
    const address = this.#allocate(values.byteLength);
    new Uint8Array(this.#exports.memory.buffer, address).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return address;
  }

  #take(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, address, bytes).slice();
  }
}

let opened: Kernels | null | undefined;

/** This thread's; undefined from the sources, and where the processor has no such vectors. */
export function openKernels(): Kernels | undefined {
  if (opened === undefined) opened = kernelBinary ? kernelsOf(kernelBinary) : null;
  return opened ?? undefined;
}

function kernelsOf(binary: Uint8Array<ArrayBuffer>): Kernels | null {
  try {
    return new Kernels(binary);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return null;
    throw error;
  }
}
