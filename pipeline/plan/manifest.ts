/** What decides a stage's outputs, as one record, and the digests taken of it. */
import type { EngineSelection, Json } from '../stage.ts';
import { canonicalJson } from './canonical-json.ts';
import { digestText } from './digest.ts';

/**
 * Raised when the form of manifests or of canonical JSON changes: everybody's stages then run again, so it is a major
 * release. To raise it: the number here, `node --import tsx test/helpers/golden-keys.ts`, and a line in the release notes.
 * test/pipeline/plan/golden-keys.json holds a key of every stage, so that nothing changes them unnoticed: a new parameter
 * with a default, say, belongs into `keyed` only where it is not that default, or makes all outputs of its stage anew.
 */
export const KEY_SCHEMA_VERSION = 1;

/** Of the engine, what may change results: its kind, its version and the class of device, never the threads or the GPU's number. */
export interface EngineIdentity {
  readonly backend: EngineSelection['backend'];
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
}

/**
 * Everything that decides a stage's outputs, and nothing else: no stage name, absolute path, host, clock or thread count.
 * `of` keeps the three uses apart. `from` holds, in the config's order, the identities of what the stage reads (identity)
 * or the digests of what those made (key, trajectory).
 */
export interface Manifest {
  readonly schema: number;
  readonly of: 'identity' | 'key' | 'trajectory';
  readonly uses: string;
  readonly version: number;
  /** Only of a stage that the user wrote: digests of its modules by path, versions of the packages they import by name. */
  readonly source?: Readonly<Record<string, string>>;
  readonly params: Json;
  /** Digests of outside files and folders, by the name that stands for each. */
  readonly outside: Readonly<Record<string, string>>;
  /** Declared environment variables; null where one is not set. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Only where the stage draws random numbers. */
  readonly seed?: number;
  /** Only where the stage runs tensors. */
  readonly engine?: EngineIdentity;
  readonly from: readonly string[];
}

/** sha256 of the manifest's canonical JSON. */
export function digestManifest(manifest: Manifest): string {
  return digestText(canonicalJson({ ...manifest, engine: manifest.engine && { ...manifest.engine } }));
}

export function engineIdentity(engine: EngineSelection): EngineIdentity {
  return { backend: engine.backend, version: engine.version, device: engine.device === 'cpu' ? 'cpu' : 'gpu' };
}
