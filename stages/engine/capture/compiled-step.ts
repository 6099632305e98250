/** A captured step: a session of TensorFlow that holds the variables and runs the whole step in one call. */
import type { Tensor, Variable } from '../tf.ts';
import type { Value } from './graph.ts';
import { nativeCopy, nativeId, withoutValues, type NativeBackend, type NativeTensor } from './native.ts';

/** What a step takes: a tensor of one shape and type. */
export interface StepInput {
  readonly name: string;
  readonly value: Value;
  readonly shape: readonly number[];
  readonly dtype: string;
}

export interface StepVariable {
  readonly variable: Variable;
  readonly initial: Value;
  readonly saved: Value;
  /** Whether the step writes it. */
  readonly changes: boolean;
}

export interface StepGraph {
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
  readonly variables: readonly StepVariable[];
  /** Outputs whose computation is the whole of the step, and the whole of filling the variables. */
  readonly stepped: Value;
  readonly initialized: Value;
}

export class CompiledStep<Output extends string = string> {
  readonly #backend: NativeBackend;
  readonly #session: number;
  readonly #graph: StepGraph;

  constructor(backend: NativeBackend, session: number, graph: StepGraph) {
    this.#backend = backend;
    this.#session = session;
    this.#graph = graph;
  }

  /** Whether these inputs have the names, shapes and types that the step was captured with. */
  fits(inputs: Readonly<Record<string, Tensor>>): boolean {
    const expected = this.#graph.inputs;
    return Object.keys(inputs).length === expected.length
      && expected.every(({ name, shape, dtype }) => inputs[name]?.dtype === dtype && inputs[name].shape.join() === shape.join());
  }

  /** One step, on the session's variables. The caller disposes the outputs. Throws where {@link fits} is false. */
  run(inputs: Readonly<Record<string, Tensor>>): Record<Output, Tensor> {
    if (!this.fits(inputs)) throw new Error(`a captured step runs on inputs of the shapes it was captured with: ${describe(this.#graph.inputs)}`);
    const { inputs: expected, outputs, stepped } = this.#graph;
    const results = this.#run(expected.map(({ name, value }) => [inputs[name]!, value]), [...outputs.map(({ value }) => value), stepped]);
    this.#delete(results.pop()!);
    return Object.fromEntries(outputs.map(({ name }, index) => [name, this.#backend.createOutputTensor(results[index]!)])) as Record<Output, Tensor>;
  }

  /** tfjs's variables to the session's: before the first run, and whenever tfjs's were written. */
  upload(): void {
    const { variables, initialized } = this.#graph;
    this.#run(variables.map(({ variable, initial }) => [variable, initial]), [initialized]).forEach((result) => this.#delete(result));
  }

  /**
   * Where the session's variables have the same values: tfjs's give up theirs, and their memory. Until they are written or
   * downloaded they cannot be read. Those that the step never writes keep them.
   */
  release(): void {
    for (const { variable } of this.#changing) assign(variable, withoutValues(this.#backend, variable));
  }

  /** The session's variables to tfjs's: before tfjs's are read. Those that the step never writes are left as they are. */
  download(): void {
    const values = this.#run([], this.#changing.map(({ saved }) => saved));
    this.#changing.forEach(({ variable }, index) => assign(variable, this.#backend.createOutputTensor(values[index]!)));
  }

  dispose(): void {
    this.#backend.binding.deleteSavedModel(this.#session);
  }

  get #changing(): readonly StepVariable[] {
    return this.#graph.variables.filter(({ changes }) => changes);
  }

  #run(feeds: readonly (readonly [Tensor, Value])[], fetches: readonly Value[]): NativeTensor[] {
    if (fetches.length === 0) return [];
    const { binding } = this.#backend;
    const copies = feeds.map(([tensor]) => nativeCopy(binding, nativeId(this.#backend, tensor)));
    try {
      return binding.runSavedModel(this.#session, copies.map(({ id }) => id), feeds.map(([, value]) => value).join(), fetches.join());
    } finally {
      for (const copy of copies) this.#delete(copy);
    }
  }

  #delete({ id }: NativeTensor): void {
    this.#backend.binding.deleteTensor(id);
  }
}

function assign(variable: Variable, value: Tensor): void {
  variable.assign(value);
  value.dispose();
}

const describe = (inputs: readonly StepInput[]): string => inputs.map(({ name, shape, dtype }) => `${name} ${dtype} [${shape.join(', ')}]`).join('; ');
