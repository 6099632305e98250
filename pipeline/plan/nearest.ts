/**
 * The nearest earlier key of a stage: what a reason compares with. Of the stage's records the one whose manifest differs
 * least ({@link distanceOf}: a parameter, a version, the seed count one, another input or other outside files three);
 * of those that are equally near, the newest.
 */
import type { Cache } from '../cache/cache.ts';
import type { KeyRecord } from '../cache/key-record.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ListedFile } from './digest.ts';
import type { KeyManifest } from './key.ts';
import { distanceOf, manifestDifferences, type KnownListings, type ManifestDifference, type SourceNames } from './manifest-differences.ts';
import type { OutsideContent } from './outside.ts';

export interface Nearest {
  readonly record: KeyRecord;
  /** Files are counted and named as far as the cache has kept the listings. Empty: equal manifests, and so equal keys. */
  readonly differences: readonly ManifestDifference[];
}

/** A stage, as far as a comparison needs it. */
export interface Compared {
  /** Its name in the config. */
  readonly name: string;
  readonly uses: string;
  /** Names of the stages it reads. */
  readonly from: SourceNames;
  readonly outside?: readonly OutsideContent[];
}

/** Of more only the newest are looked at: a sweep's thousand trials must not slow every plan down. */
const comparedAtMost = 200;

/** `after`: the stage's manifest, to be compared with that of the record; the two may depend on each other where inputs are not known yet. */
export async function nearestEarlier(
  stage: Compared, after: KeyManifest | ((record: KeyRecord) => KeyManifest), cache: Cache, isMeant: (record: KeyRecord) => boolean = () => true,
): Promise<Nearest | undefined> {
  const manifestFor = typeof after === 'function' ? after : () => after;
  let nearest: { readonly record: KeyRecord; readonly manifest: KeyManifest; readonly distance: number } | undefined;
  for (const record of await candidates(stage, manifestFor, cache, isMeant)) {
    const manifest = manifestFor(record);
    const distance = distanceOf(manifestDifferences(record.manifest, manifest, stage.from, noListings));
    if (distance < (nearest?.distance ?? Infinity)) nearest = { record, manifest, distance };
    if (distance === 0) break;
  }
  if (nearest === undefined) return undefined;
  const { record, manifest } = nearest;
  const listings = await knownListings(record.manifest, manifest, stage, cache);
  return { record, differences: manifestDifferences(record.manifest, manifest, stage.from, listings) };
}

const noListings: KnownListings = new Map();

/**
 * Newest first. Another stage of the same `uses` says nothing of this one, unless it does the same work of the same
 * inputs: then this is that stage, renamed.
 */
async function candidates({ name, uses }: Compared, manifestFor: (record: KeyRecord) => KeyManifest, cache: Cache, isMeant: (record: KeyRecord) => boolean): Promise<readonly KeyRecord[]> {
  const all = (await cache.history.of(uses)).filter(isMeant);
  const sameName = all.filter(({ stage }) => stage === name);
  return (sameName.length > 0 ? sameName : all.filter((record) => isSameWork(record.manifest, manifestFor(record)))).slice(0, comparedAtMost);
}

function isSameWork(before: KeyManifest, after: KeyManifest): boolean {
  const [earlier, later] = [before, after].map(({ params, outside, from }) => canonicalJson({ params, outside, from }));
  return earlier === later;
}

/** Of what differs between the two, as far as the cache has kept the listings. */
async function knownListings(before: KeyManifest, after: KeyManifest, { outside = [] }: Compared, cache: Cache): Promise<KnownListings> {
  const listings = new Map<string, readonly ListedFile[]>();
  const pairs = [...Object.keys(after.outside).map((name) => [before.outside[name], after.outside[name]]), ...after.from.map((digest, index) => [before.from[index], digest])];
  const differing = pairs.filter(([was, is]) => was !== is).flat().filter((digest) => digest !== undefined);
  const planned = new Map(outside.map(({ digest, files }) => [digest, files]));
  for (const digest of new Set(differing)) {
    const listing = planned.get(digest) ?? (await cache.listing(digest));
    if (listing !== undefined) listings.set(digest, listing);
  }
  return listings;
}
