/** The plan of a job, made of its description alone: on any machine the same, or something that it reads has changed. */
import type { Cache } from '../cache/cache.ts';
import type { Catalog } from '../catalog.ts';
import { resolveOverridden } from '../config/load.ts';
import { expandEngine } from '../config/read/engine-request.ts';
import { fromJson } from '../config/tree/from-json.ts';
import type { MapNode } from '../config/tree/config-node.ts';
import { failed, type Result } from '../failure.ts';
import { planStages, type Plan } from '../plan/plan.ts';
import type { JobDescription } from './job.ts';

/** Failures: those of a config, `outside-input-missing`, and `sweep-changed`. */
export async function planJob({ job, file, config, places, engine, identity }: JobDescription, { catalog, cache, cwd }: { readonly catalog: Catalog; readonly cache: Cache; readonly cwd: string }): Promise<Result<Plan>> {
  const root = expandEngine(fromJson(config) as MapNode);
  const resolved = await resolveOverridden({ file, root, layers: 1 }, { root, overrides: [] }, { catalog, cwd, findRun: undefined });
  if (!resolved.ok) return resolved;
  const planned = await planStages({ ...resolved.value.config, writtenPlaces: () => places ?? {} }, { engine, environment: process.env, digester: cache.digester });
  if (!planned.ok) return planned;
  if (planned.value.identity === identity) return planned;
  return failed('sweep-changed', `what ${job} reads has changed since the sweep was planned: a stage of yours, a file, an environment variable, or giverny itself`, {
    hint: 'The same `giverny sweep` command plans anew; what is still valid comes from the cache.',
  });
}
