/** What a run would do, stage by stage, asked of the same `decide` as the run itself asks. */
import type { Cache, CacheEntry } from '../cache/cache.ts';
import { decide, nearestByItself } from '../plan/decide.ts';
import type { Nearest } from '../plan/nearest.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';
import type { RunRecord } from '../run-folder/run-record.ts';
import { whyItRuns } from './continuation.ts';
import { growthSince } from './time-growth.ts';

interface ForecastCost {
  readonly stage: string;
  readonly uses: string;
  /** How long it took, and how many bytes it wrote, when its outputs (a hit) or its nearest earlier ones were made. */
  readonly seconds?: number;
  readonly bytes?: number;
  /** Both were reckoned from those of a shorter or longer execution. */
  readonly reckoned?: true;
}

export type StageForecast =
  | (ForecastCost & { readonly kind: 'hit'; readonly key: string })
  | (ForecastCost & { readonly kind: 'run'; readonly key: string; readonly reason: string })
  | (ForecastCost & { readonly kind: 'depends'; readonly on: readonly string[] });

/** `shown`: a path as people should read it. `earlier`: the record that the run has already. */
export async function forecast(plan: Plan, cache: Cache, forced: ReadonlySet<string>, shown: (path: string) => string, earlier?: RunRecord): Promise<readonly StageForecast[]> {
  const outputs = new Map<string, CacheEntry>();
  const stages: StageForecast[] = [];
  for (const stage of plan.stages) {
    const decision = await decide(stage, outputs, cache);
    const named = { stage: stage.name, uses: stage.definition.uses };
    if (decision.kind === 'depends') {
      stages.push({ ...named, kind: 'depends', on: decision.on, ...(await costBefore(await nearestByItself(stage, outputs, cache), stage, plan, cache)) });
      continue;
    }
    const isForced = forced.has(stage.name);
    const why = (reason: string) => whyItRuns({ stage, key: decision.key, reason, forced: isForced, outputs }, { cache, run: plan.runName, earlier, shown });
    if (decision.kind === 'run') stages.push({ ...named, kind: 'run', key: decision.key, reason: await why(decision.reason), ...(await costBefore(decision.nearest, stage, plan, cache)) });
    else if (isForced) stages.push({ ...named, kind: 'run', key: decision.key, reason: await why('forced'), ...costOf(decision.entry) });
    else {
      outputs.set(stage.name, decision.entry);
      stages.push({ ...named, kind: 'hit', key: decision.key, ...costOf(decision.entry) });
    }
  }
  return stages;
}

type Cost = Pick<ForecastCost, 'seconds' | 'bytes' | 'reckoned'>;

const totalBytes = (files: readonly { readonly bytes: number }[]): number => files.reduce((sum, file) => sum + file.bytes, 0);

const costOf = (entry: CacheEntry): Cost => ({ seconds: entry.seconds, bytes: totalBytes(entry.files) });

/** By the nearest earlier execution: another config may have a much longer stage of this name, or one with fewer epochs. */
async function costBefore(nearest: Nearest | undefined, stage: PlannedStage, plan: Plan, cache: Cache): Promise<Cost> {
  const growth = nearest === undefined ? undefined : await growthSince(nearest.record, stage, plan, cache);
  if (nearest === undefined || growth === undefined) return {};
  const { seconds, outputs, records } = nearest.record;
  const reproducible = await cache.listing(outputs);
  const bytes = reproducible === undefined ? undefined : totalBytes(reproducible) + totalBytes(records);
  // What a training writes is its networks, whatever the data.
  const larger = stage.prepared.trajectory === undefined ? growth.data : 1;
  return {
    seconds: seconds * growth.time, ...(bytes === undefined ? {} : { bytes: Math.round(bytes * larger) }), ...(growth.time === 1 ? {} : { reckoned: true as const }),
  };
}
