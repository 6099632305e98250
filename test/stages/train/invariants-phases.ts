/** Sees in which order an iteration writes its variables, and what each family's turn really changes. */
import type { Tensor, Variable } from '../../../stages/engine/tf.ts';

export type Family = 'generators' | 'discriminators';

/** An uninterrupted turn of one family, and every variable whose bits are others at its end than at its beginning. */
export interface Phase {
  readonly family: Family;
  readonly changed: ReadonlySet<string>;
}

type Snapshot = ReadonlyMap<string, Uint8Array>;

/** Moments belong to the network that they are of; a counter that all share belongs to none. */
function familyOf(name: string): Family | undefined {
  if (name.includes('generator')) return 'generators';
  return name.includes('discriminator') ? 'discriminators' : undefined;
}

/** Watches until `end()`: the variables' `assign` is replaced by one that notes whose turn it is. */
export function watchPhases(state: ReadonlyMap<string, Variable>) {
  const watched = [...state].filter(([name]) => familyOf(name) !== undefined);
  let began: ((family: Family) => void) | undefined;
  for (const [name, variable] of watched) {
    const assign = variable.assign.bind(variable);
    variable.assign = (value: Tensor) => {
      began?.(familyOf(name)!);
      assign(value as never);
    };
  }
  return {
    /** The phases of what `iterate` does. */
    during(iterate: () => void): readonly Phase[] {
      const turns: { readonly family: Family; readonly before: Snapshot }[] = [];
      began = (family) => {
        if (turns.at(-1)?.family !== family) turns.push({ family, before: snapshot(watched) });
      };
      const begin = snapshot(watched);
      iterate();
      began = undefined;
      const ends = [...turns.slice(1).map(({ before }) => before), snapshot(watched)];
      return turns.map(({ family, before }, index) => ({ family, changed: changes(index === 0 ? begin : before, ends[index]!) }));
    },
    end(): void {
      for (const [, variable] of watched) delete (variable as Partial<Variable>).assign;
    },
  };
}

const snapshot = (variables: readonly (readonly [string, Variable])[]): Snapshot =>
  new Map(variables.map(([name, variable]) => [name, new Uint8Array(Float32Array.from(variable.dataSync()).buffer)]));

const changes = (before: Snapshot, after: Snapshot): ReadonlySet<string> =>
  new Set([...after].filter(([name, bytes]) => Buffer.compare(bytes, before.get(name)!) !== 0).map(([name]) => name));
