/** Which runs stand in one column: those that are equal but for the seed. */
import { canonicalJson, type CanonicalValue } from '../plan/canonical-json.ts';
import type { GatheredRun } from './gather.ts';

/** One column's runs, by seed. */
export type Group = readonly GatheredRun[];

export interface Grouped {
  readonly groups: readonly Group[];
  /** All runs are equal but for the seed: then each is a column of its own, since nothing else is left to compare. */
  readonly seedsAlone: boolean;
}

/** In the order in which they are given. */
export function groupRuns(runs: readonly GatheredRun[]): Grouped {
  const groups = new Map<string, GatheredRun[]>();
  for (const run of runs) {
    const signature = signatureOf(run);
    groups.set(signature, [...(groups.get(signature) ?? []), run]);
  }
  const all = [...groups.values()];
  return all.length === 1 && runs.length > 1 ? { groups: runs.map((run) => [run]), seedsAlone: true } : { groups: all.map(bySeed), seedsAlone: false };
}

const bySeed = (runs: readonly GatheredRun[]): Group => [...runs].sort((left, right) => (left.seed ?? 0) - (right.seed ?? 0));

/** Everything that decides the outputs, without the seed; of a sweep's trial its place on the axes. */
function signatureOf({ values, stages, config, listed }: GatheredRun): string {
  if (values !== undefined) return canonicalJson(without(values, 'seed') as CanonicalValue);
  if (stages.length > 0) {
    const parts = stages.map(({ name, from, manifest: { seed: _seed, from: _identities, engine, ...rest } }) => [name, { ...rest, engine: engine && { ...engine }, reads: from }]);
    return canonicalJson(Object.fromEntries(parts) as CanonicalValue);
  }
  return config === undefined ? listed.folder : canonicalJson(without(config as object, 'seed') as CanonicalValue);
}

const without = (value: object, key: string): object => Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

/** `A` … `Z`, `AA`, as the columns of a spreadsheet. */
export function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}
