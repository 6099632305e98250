/**
 * Frees space. What the runs in `runs/` need is never removed; of the rest all, or what the limits name, the longest
 * unused first.
 *
 * Safe beside running processes, by order alone. A run writes its plan.json, THEN looks whether a collection is under way,
 * and waits for it (waitForCollection). A collection announces itself (a lease), THEN reads the plans. So either the
 * collection sees the plan and keeps what it may need, or the run waits. What a process is storing meanwhile belongs to no
 * key yet: an object that was put in its place after the oldest living attempt began, or after the collection began, stays.
 * An object is moved away before it is deleted, and goes back if it is not the one that was looked at. An entry's key goes
 * first, so that a collection that is killed leaves objects that nobody names, which the next one frees. Should something
 * be lost all the same, it is found as damage is, and its stage runs again.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ok } from '../failure.ts';
import type { Result } from '../failure.ts';
import type { RunNeeds } from '../run-folder/needs.ts';
import { errorCode, fileFailure } from './file-failure.ts';
import { keysIn, objectsOf, signOf, statOf, takeInventory } from './inventory.ts';
import type { HeldCheckpoints, HeldEntry, Inventory } from './inventory.ts';
import { keyPath, objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { acquireLease } from './lease.ts';
import type { LeaseRequest } from './lease.ts';
import { describeHolder, watchOthers } from './lease-files.ts';
import type { LeaseHolder } from './lease-files.ts';
import { livenessOf, ownerName, parseOwnerName, self } from './owner.ts';
import { removeAbandoned, temporaryPath } from './temporary.ts';
import { takingTurns } from './turn.ts';

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

export interface Needs extends Pick<RunNeeds, 'ofEntry'> {
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

const collectionLease = 'gc';

/**
 * Removes. `readNeeds` is asked once the collection is announced. Failures: those of `readNeeds`, `interrupted` while
 * waiting for another, `cache-unwritable`.
 */
export async function collect(
  layout: Layout, limits: CollectionLimits, readNeeds: () => Promise<Result<Needs>>, request: Omit<LeaseRequest, 'stage'>,
): Promise<Result<Collection>> {
  const lease = await acquireLease(layout, collectionLease, { ...request, stage: 'giverny cache gc' });
  if (!lease.ok) return lease;
  try {
    const changedSince = Math.min(clockOf(layout), await oldestAttempt(layout));
    await removeAbandoned(layout.temporary);
    await removeAbandoned(layout.work);
    const needs = await readNeeds();
    if (!needs.ok) return needs;
    const inventory = await takeInventory(layout);
    const collection = planCollection(inventory, needs.value, limits, changedSince);
    return ok({ ...collection, ...(await sweep(layout, inventory, collection)) });
  } catch (error) {
    return fileFailure(error, layout.cache);
  } finally {
    await lease.value.release();
  }
}

/** Whoever copies entries into a cache holds off collections: until its key is there, nothing needs what was copied. */
export const holdOffCollections = (layout: Layout, request: LeaseRequest) => acquireLease(layout, collectionLease, request);

/** For a run that has written its plan.json: returns once no collection is under way that may not have seen it. */
export async function waitForCollection(layout: Layout, stop: AbortSignal, onWait: (holder: LeaseHolder) => void): Promise<void> {
  const folder = path.join(layout.leases, collectionLease);
  if (!existsSync(folder)) return;
  const others = watchOthers(folder, 120_000);
  let told: string | undefined;
  for (;;) {
    const other = await others.firstLiving();
    if (other === undefined || stop.aborted) return;
    if (other.name !== told) onWait(await describeHolder(path.join(folder, other.name)));
    told = other.name;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Now, as the file system counts: its clock may be another machine's. */
function clockOf(layout: Layout): number {
  mkdirSync(layout.temporary, { recursive: true });
  const probe = path.join(layout.temporary, `clock-${randomBytes(6).toString('hex')}`);
  writeFileSync(probe, '', { flag: 'wx' });
  try {
    return statSync(probe).ctimeMs;
  } finally {
    unlinkSync(probe);
  }
}

/** When the attempts that may still be stored began; Infinity where there are none. */
async function oldestAttempt(layout: Layout): Promise<number> {
  let oldest = Infinity;
  for (const name of await readdir(layout.work).catch(() => [])) {
    const owner = parseOwnerName(name);
    const stat = statOf(path.join(layout.work, name));
    if (owner === undefined || stat === undefined || (await livenessOf(owner, stat.mtimeMs)) === 'dead') continue;
    // Without a time of birth nothing is known: then every object may be the attempt's.
    oldest = Math.min(oldest, stat.birthtimeMs > 0 ? stat.birthtimeMs : 0);
  }
  return oldest;
}

/** What was really removed: less than planned where something was used meanwhile. */
async function sweep(layout: Layout, inventory: Inventory, { removals, before }: Collection): Promise<Pick<Collection, 'removals' | 'after'>> {
  const taken: Removal[] = [];
  for (const removal of removals) if (await takeAway(layout, removal)) taken.push(removal);
  const named = await newlyNamed(layout, inventory);
  const done: Removal[] = [];
  for (const removal of taken) done.push('objects' in removal ? await removeObjects(layout, removal, inventory, named) : removal);
  return { removals: done, after: before - done.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** False where it is in use. Of an entry only the key: see {@link removeObjects}. */
async function takeAway(layout: Layout, removal: Removal): Promise<boolean> {
  switch (removal.kind) {
    case 'unnamed': return true;
    case 'quarantine': return removeWhole(layout, [layout.quarantine]);
    case 'entry': {
      const file = keyPath(layout, removal.entry.key);
      const stat = statOf(file);
      if (stat === undefined || signOf(stat) !== removal.entry.sign) return false;
      unlinkSync(file);
      return true;
    }
    case 'checkpoints': {
      const { trajectory, names } = removal.checkpoints;
      const inUse = await watchOthers(path.join(layout.leases, trajectory), 120_000).firstLiving();
      return inUse === undefined && removeWhole(layout, names.map((name) => path.join(layout.checkpoints, name)));
    }
  }
}

/** Each vanishes at once; deleting what is in it may take a while. */
async function removeWhole(layout: Layout, places: readonly string[]): Promise<boolean> {
  for (const place of places) {
    const away = await temporaryPath(layout.temporary);
    try {
      renameSync(place, away);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') continue;
      throw error;
    }
    await rm(away, { recursive: true, force: true, maxRetries: 3 });
  }
  return true;
}

/** Objects of keys that were written since the inventory was taken. */
async function newlyNamed(layout: Layout, { entries }: Inventory): Promise<ReadonlySet<string>> {
  const known = new Set(entries.map(({ key }) => key));
  const named = new Set<string>();
  for (const key of await keysIn(layout)) if (!known.has(key)) for (const digest of await objectsOf(layout, key)) named.add(digest);
  return named;
}

async function removeObjects<R extends Extract<Removal, { readonly objects: readonly string[] }>>(layout: Layout, removal: R, inventory: Inventory, named: ReadonlySet<string>): Promise<R> {
  const removed: string[] = [];
  const owner = await self();
  const giveUpTurn = takingTurns();
  for (const digest of removal.objects) {
    await giveUpTurn();
    const held = inventory.objects.get(digest)!;
    if (!named.has(digest) && removeObject(objectPath(layout, digest), path.join(layout.temporary, ownerName(owner)), held.sign)) removed.push(digest);
  }
  return { ...removal, objects: removed, bytes: removed.reduce((sum, digest) => sum + inventory.objects.get(digest)!.bytes, 0) };
}

/** Looked at, moved away, looked at again: a process that stores the same content meanwhile puts its own file there. */
function removeObject(file: string, away: string, sign: string): boolean {
  const stat = statOf(file);
  if (stat === undefined || signOf(stat) !== sign) return false;
  try {
    renameSync(file, away);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  if (statSync(away).ino === stat.ino) {
    rmSync(away, { force: true });
    return true;
  }
  renameSync(away, file);
  return false;
}
