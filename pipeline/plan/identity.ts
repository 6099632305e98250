/** A stage's identity: known before anything runs, it names the run and merges the trials of a sweep. */
import type { EngineSelection, Json, PreparedParams, StageDefinition } from '../stage.ts';
import { engineIdentity, KEY_SCHEMA_VERSION } from './manifest.ts';
import type { Manifest } from './manifest.ts';

export type IdentityManifest = Manifest & { readonly of: 'identity' };

export interface IdentitySources {
  readonly definition: StageDefinition;
  readonly prepared: PreparedParams<unknown>;
  readonly seed: number;
  readonly engine: EngineSelection | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Digests of `prepared.outside`, by name. */
  readonly outside: Readonly<Record<string, string>>;
  /** Identities of the stages it reads, in the config's order. */
  readonly from: readonly string[];
}

/** A stage that needs an engine and is given none is a bug, and throws. */
export function identityManifest(sources: IdentitySources): IdentityManifest {
  const { definition, prepared } = sources;
  return {
    schema: KEY_SCHEMA_VERSION,
    of: 'identity',
    uses: definition.uses,
    version: definition.version,
    ...(definition.source === undefined ? {} : { source: definition.source.parts }),
    params: prepared.keyed,
    outside: sources.outside,
    environment: pickEnvironment(prepared.environment ?? [], sources.environment),
    ...(prepared.random ? { seed: sources.seed } : {}),
    ...(definition.engine ? { engine: engineIdentity(needed(sources)) } : {}),
    from: sources.from,
  };
}

function needed(sources: IdentitySources): EngineSelection {
  if (sources.engine === undefined) throw new Error(`${sources.definition.uses} needs an engine, and the plan was given none`);
  return sources.engine;
}

function pickEnvironment(names: readonly string[], environment: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? null]));
}

/** The identity of a whole plan: of the map from each stage's name to its identity. */
export function planIdentityValue(stages: readonly { readonly name: string; readonly identity: string }[]): Json {
  return Object.fromEntries(stages.map((stage) => [stage.name, stage.identity]));
}
