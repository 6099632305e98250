/** A TensorFlow graph as it grows: nodes in the order in which they can run, each known by its name. */
import type { dataType } from './native.ts';

/** An output of a node: `Conv2D_7:0`. */
export type Value = `${string}:${number}`;

/** An attribute of a node, by the kind of AttrValue that it becomes. */
export type Attribute =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int' | 'float' | 'type'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'bools'; readonly value: readonly boolean[] }
  | { readonly kind: 'tensor'; readonly value: TensorValue };

export type Attributes = Readonly<Record<string, Attribute>>;

/** `bytes` as TensorFlow holds them, row by row, in the machine's order of bytes. */
export interface TensorValue {
  readonly type: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Node {
  readonly name: string;
  readonly operation: string;
  readonly inputs: readonly Value[];
  /** Names of nodes that must have run before. */
  readonly after: readonly string[];
  readonly attributes: Attributes;
}

type Operand = Pick<Node, 'operation'> & Partial<Omit<Node, 'operation'>>;

/** Constants up to this size are looked up by their bytes, so that equal ones are one node. */
const sharedBytes = 256;

export class Graph {
  readonly #nodes = new Map<string, Node>();
  readonly #constants = new Map<string, Value>();

  get nodes(): readonly Node[] {
    return [...this.#nodes.values()];
  }

  /**
   * Adds a node and returns its name: the one given, or `000127_Add`. The number comes first, in as many digits for all,
   * since TensorFlow adds up what it makes an AddN of in the order of names: so it stays the step's own order, and its rounding.
   */
  add({ operation, inputs = [], after = [], attributes = {}, name = `${String(this.#nodes.size).padStart(6, '0')}_${operation}` }: Operand): string {
    if (this.#nodes.has(name)) throw new Error(`the graph has a node ${name} already`);
    this.#nodes.set(name, { name, operation, inputs, after, attributes });
    return name;
  }

  constant(tensor: TensorValue): Value {
    const key = tensor.bytes.length <= sharedBytes ? `${tensor.type} ${tensor.shape.join()} ${Buffer.from(tensor.bytes).toString('base64')}` : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const value = first(this.add({ operation: 'Const', attributes: { dtype: { kind: 'type', value: tensor.type }, value: { kind: 'tensor', value: tensor } } }));
    if (key !== undefined) this.#constants.set(key, value);
    return value;
  }

  placeholder(name: string, type: number, shape: readonly number[]): Value {
    return first(this.add({ operation: 'Placeholder', name, attributes: { dtype: { kind: 'type', value: type }, shape: { kind: 'shape', value: shape } } }));
  }

  /** The nodes that `targets` need, and no other, in order. */
  neededFor(targets: readonly string[]): Node[] {
    const needed = new Set<string>();
    const pending = [...targets];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (needed.has(name)) continue;
      needed.add(name);
      const { inputs, after } = this.#nodes.get(name)!;
      pending.push(...inputs.map(nodeOf), ...after);
    }
    return this.nodes.filter(({ name }) => needed.has(name));
  }
}

/** The first output of a node. */
export const first = (node: string): Value => `${node}:0`;

export const nodeOf = (value: Value): string => value.slice(0, value.lastIndexOf(':'));

export const typeAttribute = (value: (typeof dataType)[keyof typeof dataType] | number): Attribute => ({ kind: 'type', value });
