/**
 * What a collection (`cache gc`) would remove: of what no run needs all, or what the limits name, the longest unused first.
 * Pure: gc.ts removes it.
 */
import type { HeldCheckpoints, HeldEntry, Inventory } from './inventory.ts';
import type { KeyRecord } from './key-record.ts';

export interface CollectionLimits {
  /** Remove no more than brings the cache below this size. */
  readonly maxBytes?: number;
  /** Remove only what was last used before, in milliseconds since 1970. */
  readonly unusedSince?: number;
  /** Also checkpoints of runs that are done: they can then not be trained further from where they ended. */
  readonly checkpoints: boolean;
}

/** One thing to remove, with the bytes that its removal frees. */
export type Removal = { readonly bytes: number } & (
  | { readonly kind: 'entry'; readonly entry: HeldEntry; readonly objects: readonly string[] }
  | { readonly kind: 'checkpoints'; readonly checkpoints: HeldCheckpoints }
  /** Objects that no key names. */
  | { readonly kind: 'unnamed'; readonly objects: readonly string[] }
  | { readonly kind: 'quarantine' }
);

export interface Collection {
  readonly removals: readonly Removal[];
  /** Bytes of the whole cache, before and after. */
  readonly before: number;
  readonly after: number;
  /** True where objects that no key names were left, because a record that cannot be read may name them. */
  readonly unsure: boolean;
}

/** Holds of runs on a trajectory: `done` where only finished ones could go on from it. */
export type CheckpointNeed = 'unfinished' | 'done' | undefined;

/** What is kept for runs: see pipeline/run-folder/needs.ts. */
export interface Needs {
  /** Names of the runs that need the outputs under this key. */
  ofEntry(record: KeyRecord): readonly string[];
  ofCheckpoints(held: HeldCheckpoints): CheckpointNeed;
}

export const bytesOf = (inventory: Inventory): number =>
  [...inventory.objects.values()].reduce((sum, { bytes }) => sum + bytes, 0) + inventory.checkpoints.reduce((sum, { bytes }) => sum + bytes, 0) + inventory.quarantine;

/** What a collection would remove, in order. `changedSince`: objects put in their place from then on may be somebody's. */
export function planCollection(inventory: Inventory, needs: Needs, limits: CollectionLimits, changedSince = Infinity): Collection {
  const { maxBytes = 0, unusedSince = Infinity } = limits;
  const before = bytesOf(inventory);
  const references = countReferences(inventory.entries);
  const isFree = (digest: string): boolean => (inventory.objects.get(digest)?.changed ?? Infinity) < changedSince;
  const bytesIn = (digests: readonly string[]): number => digests.reduce((sum, digest) => sum + inventory.objects.get(digest)!.bytes, 0);
  const removals: Removal[] = [];
  let after = before;
  const remove = (removal: Removal): void => { removals.push(removal); after -= removal.bytes; };
  if (inventory.quarantine > 0 && after > maxBytes) remove({ kind: 'quarantine', bytes: inventory.quarantine });
  const unsure = inventory.unreadable.length > 0;
  const unnamed = [...inventory.objects.keys()].filter((digest) => !references.has(digest) && isFree(digest));
  if (unnamed.length > 0 && !unsure && after > maxBytes) remove({ kind: 'unnamed', objects: unnamed, bytes: bytesIn(unnamed) });
  for (const candidate of candidates(inventory, needs, limits).filter(({ used }) => used < unusedSince)) {
    if (after <= maxBytes) break;
    if ('names' in candidate) {
      remove({ kind: 'checkpoints', checkpoints: candidate, bytes: candidate.bytes });
      continue;
    }
    const last = candidate.objects.filter((digest) => release(references, digest) && inventory.objects.has(digest) && isFree(digest));
    remove({ kind: 'entry', entry: candidate, objects: last, bytes: bytesIn(last) });
  }
  return { removals, before, after, unsure };
}

/** What no run needs, the longest unused first. */
function candidates(inventory: Inventory, needs: Needs, { checkpoints }: CollectionLimits): readonly (HeldEntry | HeldCheckpoints)[] {
  const entries = inventory.entries.filter(({ record }) => needs.ofEntry(record).length === 0);
  const mayGo = (held: HeldCheckpoints): boolean => {
    const need = needs.ofCheckpoints(held);
    // What --force put aside is of no use to any run, but may be weeks of work.
    if (held.aside) return checkpoints;
    return need === undefined || (need === 'done' && checkpoints);
  };
  return [...entries, ...inventory.checkpoints.filter(mayGo)].sort((left, right) => left.used - right.used);
}

function countReferences(entries: readonly HeldEntry[]): Map<string, number> {
  const references = new Map<string, number>();
  for (const { objects } of entries) for (const digest of objects) references.set(digest, (references.get(digest) ?? 0) + 1);
  return references;
}

/** True where that was the last. */
function release(references: Map<string, number>, digest: string): boolean {
  const left = references.get(digest)! - 1;
  references.set(digest, left);
  return left === 0;
}
