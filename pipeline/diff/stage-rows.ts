/** Stage by stage: how it went, how long it took, what came from the cache, and whether it made the same. */
import type { StageCell, StageRow } from './comparison.ts';
import type { Group } from './groups.ts';
import { mean } from './statistics.ts';

export function stageRows(groups: readonly Group[]): readonly StageRow[] {
  const names = [...new Set(groups.flat().flatMap(({ listed }) => Object.keys(listed.record.stages)))];
  return names.map((stage) => ({ stage, cells: groups.map((group) => cellOf(stage, group, groups[0]!)) }));
}

function cellOf(stage: string, group: Group, reference: Group): StageCell | null {
  const records = group.flatMap(({ listed }) => listed.record.stages[stage] ?? []);
  if (records.length === 0) return null;
  const seconds = records.flatMap((record) => record.seconds ?? []);
  const [own, others] = [outputsOf(group, stage), group === reference ? [] : outputsOf(reference, stage)];
  const states = new Set(records.map(({ state }) => (state === 'hit' ? 'done' : state)));
  return {
    state: records.length === 1 ? records[0]!.state : states.size === 1 ? [...states][0]! : [...states].sort().join(', '),
    runs: records.length, cached: records.filter(({ state }) => state === 'hit').length,
    ...(seconds.length === 0 ? {} : { seconds: mean(seconds) }),
    ...(own.length === 0 || others.length === 0 ? {} : { sameOutputs: own.join() === others.join() }),
  };
}

/** By seed, each once. */
const outputsOf = (group: Group, stage: string): readonly string[] => [...new Set(group.flatMap(({ listed }) => listed.record.stages[stage]?.outputs ?? []))];
