/** On what the columns' runs were made: what environment.json tells, but for the code and the command. */
import { canonicalJson } from '../plan/canonical-json.ts';
import type { Json } from '../stage.ts';
import type { EnvironmentDifference } from './comparison.ts';
import type { GatheredRun } from './gather.ts';

/** What says nothing of how a run was made, or is said elsewhere. */
const otherwise = new Set(['git', 'command']);

export function environmentDifferences(runs: readonly GatheredRun[]): readonly EnvironmentDifference[] {
  const facts = runs.map(({ environment }) => (environment === undefined ? undefined : new Map(Object.entries(environment).filter(([name]) => !otherwise.has(name)).flatMap(([name, value]) => flat(name, value)))));
  const names = [...new Set(facts.flatMap((each) => [...(each?.keys() ?? [])]))];
  return names.flatMap((name): readonly EnvironmentDifference[] => {
    const known = facts.flatMap((each) => (each === undefined ? [] : [canonicalJson(each.get(name) ?? null)]));
    if (new Set(known).size < 2) return [];
    return [{ name, values: facts.map((each) => each?.get(name) ?? null) }];
  });
}

/** `cpu.model`, as config paths are written. */
function flat(name: string, value: Json): readonly (readonly [string, Json])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, item]) => flat(`${name}.${key}`, item as Json));
}
