/** The part of tfjs-node's backend and of its binding to TensorFlow's C library that capture uses. */
import type { Tensor, Tf } from '../tf.ts';

/** What the binding tells of a tensor that it has made. `id` is never given twice in a process; `type` is a TF_DataType. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** An attribute as tfjs hands it to the binding: `type` is one of TF_ATTR_*. */
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export type NativeData = Float32Array | Int32Array | Uint8Array | readonly Uint8Array[];

export interface Binding {
  createTensor(shape: number[], dtype: number, data: NativeData): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): NativeData;
  executeOp(operation: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: number): NativeTensor[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  /** `inputs` and `outputs` are names with output numbers, separated by commas: `image:0,rate:0`. */
  runSavedModel(session: number, tensors: readonly number[], inputs: string, outputs: string): NativeTensor[];
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
}

export interface NativeBackend {
  binding: Binding;
  /** The binding's ids; values that wait in JavaScript are uploaded first. */
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(tensor: NativeTensor): Tensor;
}

/** TF_DataType, which is protobuf's DataType too. */
export const dataType = { float32: 1, int32: 3, string: 7, complex64: 8, int64: 9, bool: 10, bfloat16: 14, resource: 20 } as const;

/** Only on TensorFlow. */
export const nativeBackend = (tf: Tf): NativeBackend => tf.backend() as unknown as NativeBackend;

/** A tensor of the same shape and type that takes no memory and cannot be read: tfjs deletes no native tensor below 0. */
export const withoutValues = (backend: NativeBackend, { shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>, id = -1): Tensor =>
  backend.createOutputTensor({ id, shape: [...shape], dtype: typeOf({ dtype }) });

/** The TF_DataType of a tensor that can enter a graph. */
export function typeOf({ dtype }: Pick<Tensor, 'dtype'>): number {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dataType[dtype];
  throw new TypeError(`a captured step cannot take or keep a tensor of ${dtype}`);
}

export const nativeId = (backend: NativeBackend, tensor: Tensor): number => backend.getInputTensorIds([tensor])[0]!;

/**
 * A copy whose memory is TensorFlow's own. A tensor made of a typed array lends V8's memory, which must be given back on
 * JavaScript's thread; a session may drop it on another.
 */
export function nativeCopy(binding: Binding, id: number): NativeTensor {
  return binding.executeOp('DeepCopy', [], [id], 1)[0]!;
}
