/**
 * Records what a function does to tensors: while it runs, the backend's binding is one that writes each operation into a
 * graph. What depends on the step's variables and inputs is not computed: such tensors are shadows. Tensor ids are never
 * used twice, so that they are the graph's single assignments.
 */
import type { Tensor, Tf, Variable } from '../tf.ts';
import { graphAttribute, withInferredTypes } from './attributes.ts';
import { cannotCapture, refusedOperation, type CaptureFailure } from './failure.ts';
import { first, Graph, nodeOf, typeAttribute, type Attribute, type Value } from './graph.ts';
import { dataType, nativeBackend, nativeId, typeOf, withoutValues, type Binding, type NativeAttribute, type NativeBackend, type NativeData, type NativeTensor } from './native.ts';
import type { Precision } from './precision.ts';
import { recordingBinding } from './recording-binding.ts';
import { Shadows } from './shadows.ts';
import { UndeclaredVariables } from './undeclared.ts';
import { GraphVariable } from './variables.ts';

/** An operation of TensorFlow that changes variables where they lie. */
export interface InPlaceOperation {
  readonly operation: string;
  /** Its first inputs, in order. */
  readonly variables: readonly Variable[];
  /** Its other inputs. */
  readonly inputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

const recording = new WeakMap<Tf, Recorder>();

/** The recorder whose function runs now, if one does. */
export const activeRecorder = (tf: Tf): Recorder | undefined => recording.get(tf);

/** Ends the step where it cannot be captured. Whoever records catches it. */
export class NotCaptured extends Error {
  readonly failure: CaptureFailure;

  constructor(failure: CaptureFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export class Recorder {
  readonly graph = new Graph();
  /** What the graph's convolutions will compute in. */
  readonly precision: Precision;
  readonly #tf: Tf;
  readonly #backend: NativeBackend;
  readonly #native: Binding;
  readonly #shadows: Shadows;
  readonly #variables = new Map<Variable, GraphVariable>();
  readonly #values = new Map<number, Value>();
  readonly #types = new Map<Value, number>();
  #undeclared: UndeclaredVariables | undefined;
  #active = false;

  constructor(tf: Tf, precision: Precision = 'float32') {
    this.#tf = tf;
    this.precision = precision;
    this.#backend = nativeBackend(tf);
    this.#native = this.#backend.binding;
    this.#shadows = new Shadows(this.#native);
  }

  get variables(): readonly GraphVariable[] {
    return [...this.#variables.values()];
  }

  /** A tensor that every run gives anew. */
  input(name: string, tensor: Tensor): Value {
    return this.#bind(nativeId(this.#backend, tensor), this.graph.placeholder(name, typeOf(tensor), tensor.shape), typeOf(tensor));
  }

  /** A variable that keeps its value from run to run. */
  variable(name: string, variable: Variable): void {
    const declared = new GraphVariable(this.graph, name, variable);
    this.#variables.set(variable, declared);
    const id = nativeId(this.#backend, variable);
    declared.holds(id);
    this.#bind(id, declared.read(), declared.type);
  }

  /** A tensor of the same shape and type that has no values. */
  shadowOf(tensor: Tensor): Tensor {
    return withoutValues(this.#backend, tensor, this.#shadows.make({ shape: tensor.shape, dtype: typeOf(tensor) }).id);
  }

  /**
   * Runs `step` and records it; the names of the nodes that update variables are returned with what it returns. Throws
   * {@link NotCaptured}, and what the step throws.
   */
  record<T>(step: () => T): { readonly value: T; readonly updates: readonly string[] } {
    const undeclared = (this.#undeclared = new UndeclaredVariables(this.#tf, this.#backend, (variable) => this.#variables.has(variable)));
    this.#backend.binding = this.#recordingBinding();
    recording.set(this.#tf, this);
    this.#active = true;
    try {
      const value = step();
      this.#active = false;
      const written = undeclared.written();
      if (written !== undefined) this.#refuseUndeclared(written);
      return { value, updates: this.#updates() };
    } finally {
      this.#active = false;
      recording.delete(this.#tf);
      this.#backend.binding = this.#native;
      undeclared.restore();
    }
  }

  /** A value that can be asked for: a tensor that the step made or was given. */
  output(tensor: Tensor): Value {
    return first(this.graph.add({ operation: 'Identity', inputs: [this.#valueOfTensor(tensor)], attributes: { T: typeAttribute(typeOf(tensor)) } }));
  }

  /** A tensor of the same value, which the graph has when it has `event`. */
  notBefore(value: Tensor, event: Tensor): Tensor {
    const after = [nodeOf(this.#valueOfTensor(event))];
    const node = this.graph.add({ operation: 'Snapshot', inputs: [this.#valueOfTensor(value)], after, attributes: { T: typeAttribute(typeOf(value)) } });
    const late = this.shadowOf(value);
    this.#bind(nativeId(this.#backend, late), first(node), typeOf(value));
    return late;
  }

  /** Records `update` in the place of what `plainly` does; both must leave the same in the variables. */
  inPlace({ operation, variables, inputs, attributes }: InPlaceOperation, plainly: () => void): void {
    if (!this.#active) return plainly();
    const written = variables.map((variable) => this.#variables.get(variable));
    if (written.includes(undefined)) this.#refuseUndeclared(variables[written.indexOf(undefined)]!.name);
    const changed = written as GraphVariable[];
    for (const variable of changed) variable.assignCurrent(this.#backend, (id) => this.#valueOf(id));
    const operands = [...changed.map(({ handle }) => handle), ...inputs.map((tensor) => this.#valueOfTensor(tensor))];
    const node = this.graph.add({ operation, inputs: operands, after: [...new Set(changed.flatMap(({ before }) => before))], attributes });
    this.#active = false;
    plainly();
    this.#active = true;
    for (const variable of changed) {
      const id = nativeId(this.#backend, variable.variable);
      variable.holds(id, node);
      this.#bind(id, variable.read(), variable.type);
    }
  }

  #updates(): readonly string[] {
    for (const variable of this.variables) variable.assignCurrent(this.#backend, (id) => this.#valueOf(id));
    return [...new Set(this.variables.flatMap(({ written }) => written ?? []))];
  }

  #recordingBinding(): Binding {
    const whileActive = (act: () => void) => {
      if (this.#active) act();
    };
    return recordingBinding(this.#native, this.#shadows, {
      known: (id) => this.#values.get(id) ?? `tensor ${id}`,
      executed: (...call) => whileActive(() => this.#record(...call)),
      // Strings are refused when an operation takes them.
      made: (id, shape, type, data) => whileActive(() => void (ArrayBuffer.isView(data) && this.#constant(id, shape, type, data))),
      beyondGraph: (message) => this.#refuse({ message }),
    });
  }

  #record(operation: string, attributes: readonly NativeAttribute[], ids: readonly number[], outputs: readonly NativeTensor[]): void {
    const refused = refusedOperation(operation);
    if (refused) this.#refuse(refused);
    const typeless = outputs.find(({ dtype }) => dtype === dataType.string || dtype === dataType.resource);
    if (typeless) this.#refuse(cannotCapture(operation, `its output is ${typeless.dtype === dataType.string ? 'a string' : 'a resource'}`));
    const inputs = ids.map((id) => this.#valueOf(id, operation));
    const mapped = attributes.map((attribute) => [attribute.name, graphAttribute(this.#native, attribute)] as const);
    const unknown = mapped.find(([, attribute]) => attribute === undefined);
    if (unknown) this.#refuse(cannotCapture(operation, `its attribute ${unknown[0]} is of a kind that is not known here`));
    const given = Object.fromEntries(mapped) as Record<string, Attribute>;
    const node = this.graph.add({ operation, inputs, attributes: withInferredTypes(operation, given, inputs.map((input) => this.#types.get(input)!)) });
    outputs.forEach(({ id, dtype }, index) => this.#bind(id, `${node}:${index}`, dtype));
  }

  #valueOfTensor(tensor: Tensor): Value {
    return this.#valueOf(nativeId(this.#backend, tensor));
  }

  #valueOf(id: number, reader = 'the step'): Value {
    const undeclared = this.#undeclared?.holderOf(id);
    if (undeclared !== undefined) this.#refuseUndeclared(undeclared);
    return this.#values.get(id) ?? this.#outsideConstant(id, reader);
  }

  /** A tensor that was there before the step: its values are part of the graph. */
  #outsideConstant(id: number, reader: string): Value {
    const { id: copy, shape, dtype } = this.#native.executeOp('Identity', [], [id], 1)[0]!;
    const data = this.#native.tensorDataSync(copy);
    this.#native.deleteTensor(copy);
    return this.#constant(id, shape, dtype, data, reader);
  }

  #constant(id: number, shape: readonly number[], type: number, data: NativeData, reader = 'the step'): Value {
    if (!ArrayBuffer.isView(data)) this.#refuse(cannotCapture(reader, 'it takes strings'));
    const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(data) ? data : new Uint8Array();
    return this.#bind(id, this.graph.constant({ type, shape: [...shape], bytes: new Uint8Array(buffer, byteOffset, byteLength) }), type);
  }

  #bind(id: number, value: Value, type: number): Value {
    this.#values.set(id, value);
    this.#types.set(value, type);
    return value;
  }

  #refuseUndeclared(name: string): never {
    this.#refuse({ message: `the step uses the variable ${name}, which is not among those that it was captured with` });
  }

  #refuse(failure: CaptureFailure): never {
    this.#active = false;
    throw new NotCaptured(failure);
  }
}
