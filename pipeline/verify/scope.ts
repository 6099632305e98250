/** What of a run is executed again: all stages that ended well, or one of them on what the cache still has of the others. */
import type { Cache } from '../cache/cache.ts';
import { didYouMean } from '../config/nearest-name.ts';
import { failed, ok, type Result } from '../failure.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';

export interface VerificationScope {
  /** The plan, without the stages that are not needed. */
  readonly plan: Plan;
  /** Names of the stages whose outputs are compared. */
  readonly compared: readonly string[];
  /** Keys that are taken from the cache. */
  readonly taken: ReadonlySet<string>;
  /** Names of the stages that are executed, as far as can be told. */
  readonly executed: readonly string[];
  /** How long these took last time. */
  readonly seconds: number;
}

/** Failures: `unknown-stage`; `run-not-found` where nothing ended well that could be compared. */
export async function scopeOf(plan: Plan, { run, record }: ListedRun, only: string | undefined, cache: Cache): Promise<Result<VerificationScope>> {
  const ended = plan.stages.filter(({ name }) => record.stages[name]?.outputs !== undefined).map(({ name }) => name);
  if (only !== undefined && !plan.stages.some(({ name }) => name === only)) {
    const hint = didYouMean(only, plan.stages.map(({ name }) => name));
    return failed('unknown-stage', `${run} has no stage ${only}`, { expected: `one of ${plan.stages.map(({ name }) => name).join(', ')}`, ...(hint === undefined ? {} : { hint }) });
  }
  const compared = only === undefined ? ended : ended.filter((name) => name === only);
  if (compared.length === 0) return failed('run-not-found', `${only ?? 'no stage'} of ${run} has ended well, so there is nothing to compare with`, { hint: record.command.join(' ') });
  const needed = withAncestors(compared, plan.stages);
  const taken = new Set<string>();
  const executed: string[] = [];
  for (const { name } of plan.stages.filter((stage) => needed.has(stage.name))) {
    const key = record.stages[name]?.key;
    const isThere = only !== undefined && !compared.includes(name) && key !== undefined && (await cache.find(key)).state === 'present';
    if (isThere) taken.add(key);
    else executed.push(name);
  }
  const seconds = executed.reduce((sum, name) => sum + (record.stages[name]?.seconds ?? 0), 0);
  return ok({ plan: { ...plan, stages: plan.stages.filter(({ name }) => needed.has(name)) }, compared, taken, executed, seconds });
}

function withAncestors(names: readonly string[], stages: readonly PlannedStage[]): ReadonlySet<string> {
  const needed = new Set(names);
  for (const { name, from } of [...stages].reverse()) if (needed.has(name)) for (const read of from) needed.add(read);
  return needed;
}
