/** What a run would do, stage by stage, asked of the same `decide` as the run itself asks. */
import type { Cache, CacheEntry } from '../cache/cache.ts';
import { decide, nearestByItself } from '../plan/decide.ts';
import type { Nearest } from '../plan/nearest.ts';
import type { Plan } from '../plan/plan.ts';
import { whyItRuns } from './continuation.ts';

interface ForecastCost {
  readonly stage: string;
  readonly uses: string;
  /** How long it took, and how many bytes it wrote, when its outputs (a hit) or its nearest earlier ones were made. */
  readonly seconds?: number;
  readonly bytes?: number;
}

export type StageForecast =
  | (ForecastCost & { readonly kind: 'hit'; readonly key: string })
  | (ForecastCost & { readonly kind: 'run'; readonly key: string; readonly reason: string })
  | (ForecastCost & { readonly kind: 'depends'; readonly on: readonly string[] });

/** `shown`: a path as people should read it. */
export async function forecast(plan: Plan, cache: Cache, forced: ReadonlySet<string>, shown: (path: string) => string): Promise<readonly StageForecast[]> {
  const outputs = new Map<string, CacheEntry>();
  const stages: StageForecast[] = [];
  for (const stage of plan.stages) {
    const decision = await decide(stage, outputs, cache);
    const named = { stage: stage.name, uses: stage.definition.uses };
    if (decision.kind === 'depends') {
      stages.push({ ...named, kind: 'depends', on: decision.on, ...(await costBefore(await nearestByItself(stage, outputs, cache), cache)) });
      continue;
    }
    const isForced = forced.has(stage.name);
    const why = (reason: string) => whyItRuns({ stage, reason, forced: isForced, outputs }, { cache, run: plan.runName, shown });
    if (decision.kind === 'run') stages.push({ ...named, kind: 'run', key: decision.key, reason: await why(decision.reason), ...(await costBefore(decision.nearest, cache)) });
    else if (isForced) stages.push({ ...named, kind: 'run', key: decision.key, reason: await why('forced'), ...costOf(decision.entry) });
    else {
      outputs.set(stage.name, decision.entry);
      stages.push({ ...named, kind: 'hit', key: decision.key, ...costOf(decision.entry) });
    }
  }
  return stages;
}

type Cost = Pick<ForecastCost, 'seconds' | 'bytes'>;

const totalBytes = (files: readonly { readonly bytes: number }[]): number => files.reduce((sum, file) => sum + file.bytes, 0);

const costOf = (entry: CacheEntry): Cost => ({ seconds: entry.seconds, bytes: totalBytes(entry.files) });

/** Of the nearest earlier execution: another config may have a much longer stage of this name. */
async function costBefore(nearest: Nearest | undefined, cache: Cache): Promise<Cost> {
  if (nearest === undefined) return {};
  const { seconds, outputs, records } = nearest.record;
  const reproducible = await cache.listing(outputs);
  return { seconds, ...(reproducible === undefined ? {} : { bytes: totalBytes(reproducible) + totalBytes(records) }) };
}
