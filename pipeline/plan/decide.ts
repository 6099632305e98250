/** Whether a stage has to run. `plan` and `run` both ask here, so that they cannot disagree. */
import type { Cache, CacheEntry } from '../cache/cache.ts';
import type { Damage } from '../cache/find.ts';
import { keyManifest, trajectoryManifest } from './key.ts';
import type { KeyManifest, TrajectoryManifest } from './key.ts';
import { digestManifest } from './manifest.ts';
import { nearestEarlier, type Compared, type Nearest } from './nearest.ts';
import type { PlannedStage } from './plan.ts';
import { sayManifestDifference } from './reasons.ts';

export type Decision =
  | { readonly kind: 'hit'; readonly key: string; readonly manifest: KeyManifest; readonly entry: CacheEntry }
  | {
    readonly kind: 'run';
    readonly key: string;
    readonly manifest: KeyManifest;
    /** For people: `loss.weights.cycle 10 → 5`. Several differences stand in order of the manifest, with commas. */
    readonly reason: string;
    /** The nearest earlier key, with every difference. */
    readonly nearest?: Nearest;
    /** Of the outputs that were cached under this very key. */
    readonly damage?: Damage;
  }
  /** It has to be seen what these make first. */
  | { readonly kind: 'depends'; readonly on: readonly string[] };

/** `outputs`: the finished stages of this plan, by name. Nothing is changed. */
export async function decide(stage: PlannedStage, outputs: ReadonlyMap<string, CacheEntry>, cache: Cache): Promise<Decision> {
  const on = [...new Set(stage.from)].filter((name) => !outputs.has(name));
  if (on.length > 0) return { kind: 'depends', on };
  const manifest = keyManifest(stage.manifest, outputDigests(stage, outputs));
  const key = digestManifest(manifest);
  const found = await cache.find(key);
  if (found.state === 'present') return { kind: 'hit', key, manifest, entry: found.entry };
  const nearest = await nearestEarlier(comparedStage(stage), manifest, cache);
  const reason = found.state === 'damaged' ? damagedOrGone : reasonFrom(nearest);
  return {
    kind: 'run', key, manifest, reason,
    ...(nearest === undefined ? {} : { nearest }), ...(found.state === 'damaged' ? { damage: found.damage } : {}),
  };
}

/**
 * The nearest earlier key of a stage that depends on what is not there yet: what it reads of those is taken to be what
 * the earlier one read, so that the differences are its own.
 */
export async function nearestByItself(stage: PlannedStage, outputs: ReadonlyMap<string, CacheEntry>, cache: Cache): Promise<Nearest | undefined> {
  const known = stage.from.map((name) => outputs.get(name)?.outputs);
  return nearestEarlier(comparedStage(stage), ({ manifest: { from } }) => {
    const asBefore = known.map((digest, index) => digest ?? from[index] ?? '');
    return keyManifest(stage.manifest, from.length === known.length ? asBefore : known.map((digest) => digest ?? ''));
  }, cache);
}

const comparedStage = ({ name, definition: { uses }, from, outside }: PlannedStage): Compared => ({ name, uses, from, outside });

export interface Trajectory {
  /** Names the folder of the stage's checkpoints. */
  readonly digest: string;
  readonly manifest: TrajectoryManifest;
}

/** Undefined for a stage that keeps no checkpoints. `outputs` must hold all that it reads. */
export function trajectoryOf(stage: PlannedStage, outputs: ReadonlyMap<string, CacheEntry>): Trajectory | undefined {
  const { trajectory } = stage.prepared;
  if (trajectory === undefined) return undefined;
  const manifest = trajectoryManifest(stage.manifest, trajectory, outputDigests(stage, outputs));
  return { digest: digestManifest(manifest), manifest };
}

function outputDigests(stage: PlannedStage, outputs: ReadonlyMap<string, CacheEntry>): readonly string[] {
  return stage.from.map((name) => outputs.get(name)!.outputs);
}

const saidAtMost = 3;

/** The reason where nothing like it is in the cache. */
export const neverRun = 'never run';

/** The reason where its outputs were there once. */
export const damagedOrGone = 'cached output is damaged or gone';

/** The reason where no output is damaged: the first few differences from the nearest earlier key. */
export function reasonFrom(nearest: Nearest | undefined): string {
  if (nearest === undefined) return neverRun;
  // Equal manifests would have equal keys: the record was there a moment ago and is gone.
  if (nearest.differences.length === 0) return damagedOrGone;
  const more = nearest.differences.length - saidAtMost;
  return nearest.differences.slice(0, saidAtMost).map(sayManifestDifference).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
