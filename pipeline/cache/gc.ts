/**
 * Frees space: removes what collection.ts plans. What the runs in `runs/` need is never removed.
 *
 * Safe beside running processes, by order alone. A run writes its plan.json, THEN looks whether a collection is under way,
 * and waits for it (waitForCollection). A collection announces itself (a lease), THEN reads the plans. So either the
 * collection sees the plan and keeps what it may need, or the run waits. What a process is storing meanwhile belongs to no
 * key yet: an object that was put in its place after the oldest living attempt began, or after the collection began, stays.
 * An object is moved away before it is deleted, and goes back if it is not the one that was looked at. An entry's key goes
 * first, so that a collection that is killed leaves objects that nobody names, which the next one frees. Should something
 * be lost all the same, it is found as damage is, and its stage runs again.
 */
import { readdirSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ok } from '../failure.ts';
import type { Result } from '../failure.ts';
import { planCollection } from './collection.ts';
import type { Collection, CollectionLimits, Needs, Removal } from './collection.ts';
import { announceCollection } from './collection-lease.ts';
import { errorCode, fileFailure } from './file-failure.ts';
import { signOf } from './file-stat.ts';
import { keysIn, objectsOf, statOf, takeInventory } from './inventory.ts';
import type { Inventory } from './inventory.ts';
import { keyPath, objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import type { LeaseRequest } from './lease.ts';
import { watchOthers } from './lease-files.ts';
import { livenessOf, ownerName, parseOwnerName, self } from './owner.ts';
import { ifThere } from './reading.ts';
import { removeAbandoned, temporaryPath } from './temporary.ts';
import { takingTurns } from './turn.ts';

/**
 * Removes. `readNeeds` is asked once the collection is announced. Failures: those of `readNeeds`, `interrupted` while
 * waiting for another, `cache-unwritable`.
 */
export async function collect(
  layout: Layout, limits: CollectionLimits, readNeeds: () => Promise<Result<Needs>>, request: Omit<LeaseRequest, 'stage'>,
): Promise<Result<Collection>> {
  const lease = await announceCollection(layout, request);
  if (!lease.ok) return lease;
  try {
    const changedSince = Math.min(await clockOf(layout), await oldestAttempt(layout));
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

/** Now, as the file system counts: its clock may be another machine's. */
async function clockOf(layout: Layout): Promise<number> {
  const probe = await temporaryPath(layout.temporary);
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
  for (const name of ifThere(() => readdirSync(layout.work)) ?? []) {
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
      const inUse = await watchOthers(path.join(layout.leases, trajectory)).firstLiving();
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
