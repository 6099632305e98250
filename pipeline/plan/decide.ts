/** Whether a stage has to run. `plan` and `run` both ask here, so that they cannot disagree. */
import type { Cache, CacheEntry } from '../cache/cache.ts';
import type { KeyRecord } from '../cache/key-record.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ListedFile } from './digest.ts';
import { keyManifest, trajectoryManifest } from './key.ts';
import type { KeyManifest, TrajectoryManifest } from './key.ts';
import { digestManifest } from './manifest.ts';
import type { PlannedStage } from './plan.ts';
import { differences } from './reasons.ts';

export type Decision =
  | { readonly kind: 'hit'; readonly key: string; readonly manifest: KeyManifest; readonly entry: CacheEntry }
  | {
    readonly kind: 'run';
    readonly key: string;
    readonly manifest: KeyManifest;
    /** For people: `loss.weights.cycle 10 → 5`. Several differences stand in order of the manifest, with commas. */
    readonly reason: string;
    /** How long the nearest earlier one took. */
    readonly secondsBefore?: number;
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
  const nearest = await nearestEarlier(stage, manifest, cache);
  const reason = found.state === 'damaged' ? 'cached output is damaged or gone' : reasonFrom(nearest);
  return { kind: 'run', key, manifest, reason, ...(nearest === undefined ? {} : { secondsBefore: nearest.record.seconds }) };
}

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

interface Nearest {
  readonly record: KeyRecord;
  readonly lines: readonly string[];
}

const comparedAtMost = 50;

/**
 * Of the newest records of this stage the one with the fewest differences. Another stage of the same `uses` says nothing
 * of this one, unless it does the same work of the same inputs: then this is that stage, renamed.
 */
async function nearestEarlier(stage: PlannedStage, manifest: KeyManifest, cache: Cache): Promise<Nearest | undefined> {
  const all = await cache.history.of(manifest.uses);
  const sameName = all.filter((record) => record.stage === stage.name);
  const candidates = (sameName.length > 0 ? sameName : all.filter((record) => isSameWork(record.manifest, manifest))).slice(0, comparedAtMost);
  const none: ReadonlyMap<string, readonly ListedFile[]> = new Map();
  const counted = candidates.map((record) => ({ record, lines: differences(record.manifest, manifest, stage.from, none) }));
  const [nearest] = counted.sort((left, right) => left.lines.length - right.lines.length);
  if (nearest === undefined) return undefined;
  const listings = await knownListings(nearest.record.manifest, manifest, stage, cache);
  return { record: nearest.record, lines: differences(nearest.record.manifest, manifest, stage.from, listings) };
}

function isSameWork(before: KeyManifest, after: KeyManifest): boolean {
  const [earlier, later] = [before, after].map(({ params, outside, from }) => canonicalJson({ params, outside, from }));
  return earlier === later;
}

/** Of the digests that differ between the two, as far as the cache has kept the listings. */
async function knownListings(before: KeyManifest, after: KeyManifest, stage: PlannedStage, cache: Cache) {
  const listings = new Map<string, readonly ListedFile[]>();
  const [earlier, later] = [before, after].map((each) => new Set([...each.from, ...Object.values(each.outside)]));
  const differing = [...earlier!, ...later!].filter((digest) => !(earlier!.has(digest) && later!.has(digest)));
  for (const digest of differing) {
    const listing = await cache.listing(digest);
    if (listing !== undefined) listings.set(digest, listing);
  }
  for (const { digest, files } of stage.outside) if (files !== undefined) listings.set(digest, files);
  return listings;
}

const saidAtMost = 3;

/** The reason where nothing like it is in the cache. */
export const neverRun = 'never run';

function reasonFrom(nearest: Nearest | undefined): string {
  if (nearest === undefined) return neverRun;
  // Equal manifests would have equal keys: the record was there a moment ago and is gone.
  if (nearest.lines.length === 0) return 'cached output is damaged or gone';
  const more = nearest.lines.length - saidAtMost;
  return nearest.lines.slice(0, saidAtMost).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
