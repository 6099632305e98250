/** The variables of a graph: their values enter through placeholders, live in the session, and leave through reads. */
import type { Variable } from '../tf.ts';
import { first, typeAttribute, type Graph, type Value } from './graph.ts';
import { nativeId, typeOf, type NativeBackend } from './native.ts';

/** One variable of tfjs and the one of the graph that stands for it. */
export class GraphVariable {
  readonly variable: Variable;
  readonly type: number;
  /** The node that stands for the variable itself. */
  readonly handle: Value;
  readonly initial: Value;
  readonly #graph: Graph;
  /** The node that last read it, and the one that last wrote it. */
  #read = '';
  #written: string | undefined;
  /** The native tensor whose value the session's variable has at this point of the step. */
  #id = -1;

  constructor(graph: Graph, name: string, variable: Variable) {
    this.#graph = graph;
    this.variable = variable;
    this.type = typeOf(variable);
    const shape = { kind: 'shape', value: variable.shape } as const;
    const attributes = { dtype: typeAttribute(this.type), shape, shared_name: { kind: 'string', value: name }, container: { kind: 'string', value: '' } } as const;
    this.handle = first(graph.add({ operation: 'VarHandleOp', name, attributes }));
    this.initial = graph.placeholder(`${name}_initial`, this.type, variable.shape);
  }

  /** The node that last wrote it in this step, if one did. */
  get written(): string | undefined {
    return this.#written;
  }

  /** Nodes that an operation which writes the variable must wait for. */
  get before(): readonly string[] {
    return [this.#read, ...(this.#written === undefined ? [] : [this.#written])];
  }

  /** A read of what the session's variable holds at this point of the step. */
  read(): Value {
    const after = this.#written === undefined ? [] : [this.#written];
    this.#read = this.#graph.add({ operation: 'ReadVariableOp', inputs: [this.handle], after, attributes: { dtype: typeAttribute(this.type) } });
    return first(this.#read);
  }

  /** A read that belongs to no step. */
  save(): Value {
    return first(this.#graph.add({ operation: 'ReadVariableOp', inputs: [this.handle], attributes: { dtype: typeAttribute(this.type) } }));
  }

  /** From here on the session's variable holds what native tensor `id` holds. `writer` is the node that made it so. */
  holds(id: number, writer?: string): void {
    this.#id = id;
    this.#written = writer ?? this.#written;
  }

  /** Writes the value that the step has given the tfjs variable, if it has given one since. */
  assignCurrent(backend: NativeBackend, valueOf: (id: number) => Value): void {
    const id = nativeId(backend, this.variable);
    if (id === this.#id) return;
    const attributes = { dtype: typeAttribute(this.type) };
    this.holds(id, this.#graph.add({ operation: 'AssignVariableOp', inputs: [this.handle, valueOf(id)], after: this.before, attributes }));
  }

  /** The node that gives the variable its initial value. */
  initialize(): string {
    return this.#graph.add({ operation: 'AssignVariableOp', inputs: [this.handle, this.initial], attributes: { dtype: typeAttribute(this.type) } });
  }
}
