/** From arguments to a plan: config, engine, cache, plan. What `run` and `plan` do alike. */
import type { EngineSelectionHelp } from '../catalog.ts';
import { openCache, type Cache } from '../cache/cache.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { nearestName } from '../config/nearest-name.ts';
import { chooseEngine } from '../execute/choose-engine.ts';
import { runFolderPlaces, type RunFolderPlace } from '../execute/run-folder-places.ts';
import { failed, ok, type Result } from '../failure.ts';
import { planStages, type Plan, type PlannedStage } from '../plan/plan.ts';
import { namedRuns } from '../run-folder/named-run.ts';
import type { MeantByLatest } from '../run-folder/run-record.ts';
import type { CommandIo } from './command.ts';
import { findConfig } from './find-config.ts';
import type { RunArguments } from './run-arguments.ts';
import { neverUsed, writableRoot } from './writable-root.ts';

export interface MadePlan {
  readonly plan: Plan;
  readonly places: ReadonlyMap<string, RunFolderPlace>;
  readonly cache: Cache;
  /** Names of the stages to run although they are cached. */
  readonly forced: ReadonlySet<string>;
  /** What `latest` means in the config, where it says so. */
  readonly latest: MeantByLatest | undefined;
}

export async function makePlan(given: RunArguments, io: CommandIo, help: EngineSelectionHelp): Promise<Result<MadePlan>> {
  const file = findConfig(given.config, io, help.say);
  if (!file.ok) return file;
  const runs = namedRuns(io.root, file.value);
  const config = await loadConfig(file.value, given.overrides, io.catalog, io.cwd, runs.find);
  if (!config.ok) return config;
  for (const warning of config.value.warnings) help.say(warning);
  const known = checkForced(given, config.value);
  if (!known.ok) return known;
  const writable = help.provision && neverUsed(io.root) ? writableRoot(io.root) : ok(undefined);
  if (!writable.ok) return writable;
  const engine = await chooseEngine(config.value, io.catalog, io.root, help);
  if (!engine.ok) return engine;
  const cache = await openCache(io.root);
  if (!cache.ok) return cache;
  const plan = await planStages(config.value, { engine: engine.value, environment: process.env, digester: cache.value.digester });
  if (!plan.ok) return plan;
  const places = runFolderPlaces(plan.value);
  return places.ok ? ok({ plan: plan.value, places: places.value, cache: cache.value, forced: forcedStages(given, plan.value), latest: runs.latest() }) : places;
}

function checkForced({ force }: RunArguments, config: Config): Result<void> {
  const names = config.stages.map((stage) => stage.name);
  if (typeof force === 'string' || names.includes(force.stage)) return ok(undefined);
  const near = nearestName(force.stage, names);
  return failed('usage', `--force=${force.stage}: the config has no such stage`, {
    expected: near === undefined ? `one of ${names.join(', ')}` : `did you mean --force=${near}?`,
  });
}

function forcedStages({ force, refetch }: RunArguments, { stages }: Plan): ReadonlySet<string> {
  const isForced = (stage: PlannedStage) => force === 'everything' || (typeof force === 'object' && force.stage === stage.name) || (refetch && fetchesByAddress(stage));
  return new Set(stages.filter(isForced).map((stage) => stage.name));
}

/** A stage that uses the network and is keyed by an address instead of by what lies there. */
function fetchesByAddress({ prepared: { network, keyed } }: PlannedStage): boolean {
  return network === true && typeof keyed === 'object' && keyed !== null && 'url' in keyed;
}
