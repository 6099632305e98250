/** Composes a tfjs kernel of other kernels: no tape, no engine bookkeeping, and every intermediate given back. */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tf } from '../tf.ts';

export type { TensorInfo };

/** How many zeros come before and after. */
export type Sides = readonly [number, number];

/** What a composed kernel is written with. All tensors are float32 and in row-major order. */
export class KernelScope {
  readonly #tf: Tf;
  readonly #backend: BackendWasm;
  readonly #intermediates: TensorInfo[] = [];
  readonly #views: TensorInfo[] = [];

  constructor(tf: Tf, backend: BackendWasm) {
    this.#tf = tf;
    this.#backend = backend;
  }

  /** The same data under another shape: nothing is copied, nothing to dispose. */
  reshape({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    return { dataId, dtype, shape: [...shape] };
  }

  slice(x: TensorInfo, begin: readonly number[], size: readonly number[]): TensorInfo {
    const whole = begin.every((start) => start === 0) && size.every((length, axis) => length === x.shape[axis]);
    return whole ? x : this.#run('Slice', { x }, { begin: [...begin], size: [...size] });
  }

  /** Zeros before and after each axis; a negative amount crops. */
  pad(x: TensorInfo, amounts: readonly (readonly [number, number])[]): TensorInfo {
    const begin = amounts.map(([before]) => Math.max(0, -before));
    const size = amounts.map(([before, after], axis) => x.shape[axis]! + Math.min(0, before) + Math.min(0, after));
    const cropped = this.slice(x, begin, size);
    if (amounts.every(([before, after]) => before <= 0 && after <= 0)) return cropped;
    const paddings = amounts.map(([before, after]) => [Math.max(0, before), Math.max(0, after)]);
    return this.#run('PadV2', { x: cropped }, { paddings, constantValue: 0 });
  }

  concat(parts: readonly TensorInfo[], axis: number): TensorInfo {
    return parts.length === 1 ? parts[0]! : this.#run('Concat', parts, { axis });
  }

  transpose(x: TensorInfo, perm: readonly number[]): TensorInfo {
    return this.#run('Transpose', { x }, { perm: [...perm] });
  }

  /** `[rows, inner] · [inner, columns]`. Transpose first: with its own transposition flags the backend takes a slow path. */
  matMul(a: TensorInfo, b: TensorInfo): TensorInfo {
    const batched = (x: TensorInfo) => this.reshape(x, [1, ...x.shape]);
    const product = this.#run('BatchMatMul', { a: batched(a), b: batched(b) }, { transposeA: false, transposeB: false });
    return this.reshape(product, product.shape.slice(1));
  }

  /**
   * Stride 1: `[batch, height, width, in]`, zeros before and after its height and its width (a negative amount crops), with
   * a filter `[height, width, in, out]`.
   */
  convolve(x: TensorInfo, filter: TensorInfo, [vertical, horizontal]: readonly [Sides, Sides]): TensorInfo {
    const within = (cut: (amount: number) => number) => [[0, 0], vertical.map(cut), horizontal.map(cut), [0, 0]] as [number, number][];
    const cropped = this.pad(x, within((amount) => Math.min(0, amount)));
    return this.#run('Conv2D', { x: cropped, filter }, { strides: [1, 1], pad: within((amount) => Math.max(0, amount)), dataFormat: 'NHWC', dilations: [1, 1] });
  }

  /** The numbers of `x` from the `start`th as another tensor, while `x` lives: nothing is copied. */
  view({ dataId, dtype }: TensorInfo, start: number, shape: readonly number[]): TensorInfo {
    const view = this.#backend.makeOutput([...shape], dtype, this.#backend.getMemoryOffset(dataId) + start * Float32Array.BYTES_PER_ELEMENT);
    this.#views.push(view);
    return view;
  }

  /** A new tensor that `fill` writes, on the backend's heap; views are valid only during the call. */
  write(shape: readonly number[], sources: readonly TensorInfo[], fill: (output: Float32Array, sources: readonly Float32Array[]) => void): TensorInfo {
    const output = this.#backend.makeOutput([...shape], 'float32');
    this.#intermediates.push(output);
    // Views are made after the allocation: it may have moved the heap.
    const view = (tensor: TensorInfo) => this.#backend.typedArrayFromHeap(tensor) as Float32Array;
    fill(view(output), sources.map(view));
    return output;
  }

  /** Disposes every intermediate but the data of `result`, and returns it. */
  finish(result: TensorInfo): TensorInfo {
    for (const { dataId } of this.#views) this.#forget(dataId);
    for (const { dataId } of this.#intermediates) {
      if (dataId !== result.dataId) this.#backend.disposeData(dataId);
    }
    return result;
  }

  /** Disposes a tensor whose memory is another's. */
  #forget(dataId: TensorInfo['dataId']): void {
    this.#backend.wasm.tfjs.disposeData(this.#backend.dataIdMap.get(dataId).id);
    this.#backend.dataIdMap.delete(dataId);
  }

  #run(name: string, inputs: Record<string, TensorInfo> | readonly TensorInfo[], attrs: NamedAttrMap): TensorInfo {
    const kernel = this.#tf.getKernel(name, 'wasm');
    const output = kernel.kernelFunc({ inputs: inputs as Record<string, TensorInfo>, backend: this.#backend, attrs }) as TensorInfo;
    this.#intermediates.push(output);
    return output;
  }
}
