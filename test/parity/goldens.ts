/** What reference/ wrote, and how far we may be from it. */
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { readSafetensors, type StoredTensor } from '../../stages/train/safetensors.ts';

/** The goldens of one file, and the largest error found for each kind of comparison. */
export class Goldens {
  private readonly tensors: ReadonlyMap<string, StoredTensor>;
  private readonly worst = new Map<string, { readonly error: number; readonly bound: number; readonly name: string }>();

  private constructor(tensors: ReadonlyMap<string, StoredTensor>) {
    this.tensors = tensors;
  }

  /** A committed file (by its name), or one by its path. */
  static async open(file: string): Promise<Goldens> {
    const path = file.includes('/') ? file : fileURLToPath(new URL(`goldens/${file}.safetensors`, import.meta.url));
    return new Goldens((await readSafetensors(path)).tensors);
  }

  get names(): readonly string[] {
    return [...this.tensors.keys()];
  }

  values(name: string): ArrayLike<number> {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new Error(`no golden ${name}`);
    return tensor.data;
  }

  /** |value − golden| ≤ bound · max(1, max |golden|) everywhere. */
  holdsEverywhere(what: string, name: string, values: ArrayLike<number>, bound: number): void {
    const expected = this.values(name);
    const scale = Math.max(1, largest(expected.length, (i) => expected[i]!));
    this.judge(what, name, largest(sameLength(name, values, expected), (i) => values[i]! - expected[i]!) / scale, bound);
  }

  /** ‖values − goldens‖ ≤ bound · ‖goldens‖. */
  holdsInNorm(what: string, name: string, values: ArrayLike<number>, bound: number): void {
    const expected = this.values(name);
    const difference = norm(sameLength(name, values, expected), (i) => values[i]! - expected[i]!);
    this.judge(what, name, difference / Math.max(norm(expected.length, (i) => expected[i]!), 1e-30), bound);
  }

  /** The change since `initial`: its difference from the goldens' change is at most bound · ‖the goldens' change‖. */
  changeHoldsInNorm(what: string, name: string, values: ArrayLike<number>, initial: ArrayLike<number>, bound: number): void {
    const expected = this.values(name);
    const difference = norm(sameLength(name, values, expected), (i) => values[i]! - expected[i]!);
    this.judge(what, name, difference / Math.max(norm(expected.length, (i) => expected[i]! - initial[i]!), 1e-30), bound);
  }

  /** The worst of each kind, with where it was found. */
  figures(): string[] {
    return [...this.worst].map(([what, { error, bound, name }]) => `  ${what}: ${error.toExponential(1)} of ${bound.toExponential(0)} allowed (${name})`);
  }

  private judge(what: string, name: string, error: number, bound: number): void {
    if (!(error <= (this.worst.get(what)?.error ?? -1))) this.worst.set(what, { error, bound, name });
    assert.ok(error <= bound, `${what}, ${name}: ${error} where ${bound} is allowed`);
  }
}

function sameLength(name: string, values: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.is(values.length, expected.length, `${name} has another size`);
  return values.length;
}

/** NaN where a value is: an error that is NaN must not pass for a small one. */
export function largest(length: number, value: (index: number) => number): number {
  let most = 0;
  for (let i = 0; i < length; i++) {
    const size = Math.abs(value(i));
    if (!(size <= most)) most = size;
    if (Number.isNaN(size)) return NaN;
  }
  return most;
}

export function norm(length: number, value: (index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += value(i) ** 2;
  return Math.sqrt(sum);
}
