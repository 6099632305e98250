/**
 * Work on images as WebAssembly with vectors: see assembly/. It makes the same bytes as what it stands in for (mozjpeg,
 * resample.ts in JavaScript, zlib), in a fraction of the time; tests hold it to that, so that nothing depends on which ran.
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
  decodeJpeg(source: number, bytes: number): number;
  jpegHeight(): number;
  jpegWidth(): number;
}

/** How places are weighed together, two taps at a time: see assembly/resample.ts. */
export interface PairedFilter {
  readonly pairs: number;
  /** `[to]`: the place of the first tap. */
  readonly starts: Int32Array;
  /** `[to, pairs, 4]`: the upper bits of two weights, their lower 11. */
  readonly halves: Int16Array;
}

/** The filter along rows, and that along columns. */
export type PairedFilters = readonly [rows: PairedFilter, columns: PairedFilter];

type Size = readonly [height: number, width: number];

interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly stride: 3 | 4;
}

export interface KernelImage extends ImageShape {
  readonly data: Uint8Array;
}

/** One a thread: its memory is that of the image it works on, and grows to the largest. */
export class Kernels {
  readonly #exports: Exports;

  constructor(binary: Uint8Array<ArrayBuffer>) {
    this.#exports = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as unknown as Exports;
  }

  /** `[height, width, 3]`. */
  resample(image: KernelImage, size: Size, filters: PairedFilters): Uint8Array {
    this.#exports.reset();
    return this.#resample(this.#put(image.data), image, size, filters);
  }

  /** A baseline JPEG, sound and of common sampling, as libjpeg decodes it, with a fourth value for each pixel; undefined for any other. */
  decodeJpeg(file: Uint8Array): KernelImage | undefined {
    const image = this.#decodeJpeg(file);
    return image && { data: this.#take(image.address, image.height * image.width * image.stride), height: image.height, width: image.width, stride: image.stride };
  }

  /** Both at once, `[height, width, 3]`: the pixels at full size stay where they are. Undefined also where `filtersFor` gives none. */
  resampleJpeg(file: Uint8Array, size: Size, filtersFor: (image: ImageShape) => PairedFilters | undefined): Uint8Array | undefined {
    const image = this.#decodeJpeg(file);
    const filters = image && filtersFor(image);
    return filters && this.#resample(image.address, image, size, filters);
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

  #decodeJpeg(file: Uint8Array): (ImageShape & { readonly address: number }) | undefined {
    this.#exports.reset();
    const address = this.#exports.decodeJpeg(this.#put(file), file.length) >>> 0;
    return address === 0 ? undefined : { address, height: this.#exports.jpegHeight(), width: this.#exports.jpegWidth(), stride: 4 };
  }

  #resample(source: number, image: ImageShape, [height, width]: Size, [rows, columns]: PairedFilters): Uint8Array {
    const { alongRows, alongColumns } = this.#exports;
    const [wide, result] = [this.#allocate(image.height * width * 3), this.#allocate(height * width * 3)];
    alongRows(source, image.height, image.width, image.stride, wide, width, this.#put(rows.starts), this.#put(rows.halves), rows.pairs);
    alongColumns(wide, width * 3, result, height, this.#put(columns.starts), this.#put(columns.halves), columns.pairs);
    return this.#take(result, height * width * 3);
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
