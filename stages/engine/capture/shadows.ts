/**
 * Tensors without values: only their shape and type are known. While a step is recorded, what depends on its variables and
 * inputs is such a shadow, so that recording computes nothing and holds nothing.
 */
import { dataType, type Binding, type NativeAttribute, type NativeTensor } from './native.ts';

export type Description = Pick<NativeTensor, 'shape' | 'dtype'>;

/** Ids that TensorFlow never gives. tfjs takes -1 for a tensor that is still to be sent, and deletes none below 0. */
let last = -1;

export class Shadows {
  readonly #native: Binding;
  readonly #descriptions = new Map<number, Description>();
  /** What operations made of shadows, by all that decides it. */
  readonly #inferred = new Map<string, readonly Description[]>();

  constructor(native: Binding) {
    this.#native = native;
  }

  has(id: number): boolean {
    return this.#descriptions.has(id);
  }

  make({ shape, dtype }: Description): NativeTensor {
    last -= 1;
    this.#descriptions.set(last, { shape, dtype });
    return { id: last, shape: [...shape], dtype };
  }

  /**
   * Shadows of what an operation would make. What is known of its inputs' values is in `known`, a text for each that is no
   * shadow: equal texts are equal values. Throws what TensorFlow says of such inputs.
   */
  after(operation: string, attributes: readonly NativeAttribute[], inputs: readonly number[], count: number, known: (id: number) => string): NativeTensor[] {
    const described = inputs.map((id) => this.#descriptions.get(id) ?? known(id));
    const key = JSON.stringify([operation, attributes, described]);
    const outputs = this.#inferred.get(key) ?? this.#tryOut(operation, attributes, inputs, count);
    this.#inferred.set(key, outputs);
    return outputs.map((output) => this.make(output));
  }

  /** TensorFlow infers shapes by computing, so it is let compute, once, with zeros in the shadows' place. */
  #tryOut(operation: string, attributes: readonly NativeAttribute[], inputs: readonly number[], count: number): readonly Description[] {
    const temporary: number[] = [];
    const keep = (id: number) => (temporary.push(id), id);
    try {
      const real = inputs.map((id) => (this.has(id) ? keep(this.#zeros(this.#descriptions.get(id)!)) : id));
      const outputs = this.#native.executeOp(operation, attributes, real, count);
      for (const { id } of outputs) keep(id);
      return outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    } finally {
      for (const id of temporary) this.#native.deleteTensor(id);
    }
  }

  #zeros({ shape, dtype }: Description): number {
    const { TF_ATTR_TYPE, TF_ATTR_BOOL } = this.#native;
    const size = this.#native.createTensor([shape.length], dataType.int32, Int32Array.from(shape));
    try {
      return this.#native.executeOp('Empty', [{ name: 'dtype', type: TF_ATTR_TYPE, value: dtype }, { name: 'init', type: TF_ATTR_BOOL, value: true }], [size], 1)[0]!.id;
    } finally {
      this.#native.deleteTensor(size);
    }
  }
}
