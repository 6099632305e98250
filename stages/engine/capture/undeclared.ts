/** Variables that a step was not declared to use: a graph would freeze what it read of them, and lose what it wrote. */
import type { Tensor, Tf, Variable } from '../tf.ts';
import { nativeId, type NativeBackend } from './native.ts';

interface Undeclared {
  readonly variable: Variable;
  /** The native tensor that it holds, and another reference to it. */
  readonly id: number;
  readonly original: Tensor;
}

/** All of the engine's variables that are not `declared`, as they are now; to be restored in any case. */
export class UndeclaredVariables {
  readonly #backend: NativeBackend;
  readonly #all: readonly Undeclared[];
  readonly #names: ReadonlyMap<number, string>;

  constructor(tf: Tf, backend: NativeBackend, declared: (variable: Variable) => boolean) {
    this.#backend = backend;
    const variables = Object.values(tf.engine().registeredVariables).filter((variable) => !declared(variable));
    this.#all = variables.map((variable) => ({ variable, id: nativeId(backend, variable), original: variable.clone() }));
    this.#names = new Map(this.#all.map(({ variable, id }) => [id, variable.name]));
  }

  /** The name of the variable that holds native tensor `id`, if one does. */
  holderOf(id: number): string | undefined {
    return this.#names.get(id);
  }

  /** The name of one that was written since, if one was. */
  written(): string | undefined {
    return this.#all.find((each) => this.#isWritten(each))?.variable.name;
  }

  restore(): void {
    for (const each of this.#all) {
      if (this.#isWritten(each)) each.variable.assign(each.original);
      each.original.dispose();
    }
  }

  #isWritten({ variable, id }: Undeclared): boolean {
    return !variable.isDisposed && nativeId(this.#backend, variable) !== id;
  }
}
