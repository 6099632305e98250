/** A plan: what a config means on this machine now, before anything runs. */
import type { Config, StageConfig } from '../config/config.ts';
import { ok } from '../failure.ts';
import type { Result, Where } from '../failure.ts';
import type { EngineSelection, PreparedParams, StageDefinition } from '../stage.ts';
import { canonicalJson } from './canonical-json.ts';
import { topologicalOrder } from './dag.ts';
import { digestFile, digestText } from './digest.ts';
import type { FileDigester } from './digest.ts';
import { identityManifest, planIdentityValue } from './identity.ts';
import type { IdentityManifest } from './identity.ts';
import { digestManifest } from './manifest.ts';
import { readOutside } from './outside.ts';
import type { OutsideContent } from './outside.ts';

export interface PlannedStage {
  readonly name: string;
  readonly definition: StageDefinition;
  readonly prepared: PreparedParams<unknown>;
  /** Names of the stages it reads, in the config's order. */
  readonly from: readonly string[];
  /** sha256, hex, of `manifest`. */
  readonly identity: string;
  readonly manifest: IdentityManifest;
  /** What its outside files and folders held when the plan was made. */
  readonly outside: readonly OutsideContent[];
  /** Where a parameter is written: undefined for a default. */
  writtenAt?(parameter: string): Where | undefined;
}

export interface Plan {
  /** sha256, hex, of the map from each stage's name to its identity. */
  readonly identity: string;
  /** `<config's name>-<first 12 hex digits of the identity>`: the run folder's name. */
  readonly runName: string;
  readonly config: Config;
  readonly engine?: EngineSelection;
  /** Each after all that it reads, otherwise in the order of the file. */
  readonly stages: readonly PlannedStage[];
}

export interface PlanningSurroundings {
  /** Undefined only where no stage needs one. */
  readonly engine: EngineSelection | undefined;
  /** As `process.env`; only declared variables are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Digests outside files; the cache's remembers unchanged ones. */
  readonly digester?: FileDigester;
}

/** The name of a run's folder: 12 digits tell runs of one name apart. */
export const runNameOf = (name: string, identity: string): string => `${name}-${identity.slice(0, 12)}`;

/** Reads outside files, and nothing of the cache. Failure: `outside-input-missing`. */
export async function planStages(config: Config, surroundings: PlanningSurroundings): Promise<Result<Plan>> {
  const planned = new Map<string, PlannedStage>();
  for (const stage of topologicalOrder(config.stages)) {
    const result = await planStage(stage, config.seed, surroundings, planned);
    if (!result.ok) return result;
    planned.set(stage.name, result.value);
  }
  return ok(planOf(config, [...planned.values()], surroundings.engine));
}

/** Of stages that were planned, each after all that it reads. */
export function planOf(config: Config, stages: readonly PlannedStage[], engine: EngineSelection | undefined): Plan {
  const identity = digestText(canonicalJson(planIdentityValue(stages)));
  return {
    identity,
    runName: runNameOf(config.name, identity),
    config,
    ...(engine === undefined ? {} : { engine }),
    stages,
  };
}

/** `planned`: all that it reads, by name. Failure: `outside-input-missing`. */
export async function planStage(
  stage: StageConfig,
  seed: number,
  surroundings: PlanningSurroundings,
  planned: ReadonlyMap<string, PlannedStage>,
): Promise<Result<PlannedStage>> {
  const outside: OutsideContent[] = [];
  for (const input of stage.prepared.outside ?? []) {
    const content = await readOutside(input, surroundings.digester ?? digestFile);
    if (!content.ok) return { ok: false, failure: { ...content.failure, stage: stage.name } };
    outside.push(content.value);
  }
  const manifest = identityManifest({
    definition: stage.definition,
    prepared: stage.prepared,
    seed,
    engine: surroundings.engine,
    environment: surroundings.environment,
    outside: Object.fromEntries(outside.map(({ name, digest }) => [name, digest])),
    from: stage.from.map((name) => planned.get(name)!.identity),
  });
  const { name, definition, prepared, from, writtenAt } = stage;
  return ok({ name, definition, prepared, from, identity: digestManifest(manifest), manifest, outside, ...(writtenAt && { writtenAt }) });
}
