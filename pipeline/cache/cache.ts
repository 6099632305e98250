/**
 * The cache of one root folder: finished stages by key, their files by content, checkpoints, leases and work folders.
 * Folders are made when something is first written; looking things up writes nothing but remembered digests.
 */
import { accessSync, constants, statSync, statfsSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { failed, ok } from '../failure.ts';
import type { Result } from '../failure.ts';
import { parseListing } from '../plan/digest.ts';
import type { FileDigester, ListedFile } from '../plan/digest.ts';
import type { StageInput, StoredFile } from '../stage.ts';
import { beginAttempt } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { checkEntry } from './check.ts';
import { waitForCollection } from './collection-lease.ts';
import { makeInput } from './entry.ts';
import type { CacheEntry } from './entry.ts';
import { findKey } from './find.ts';
import type { Found } from './find.ts';
import { openHistory } from './history.ts';
import type { History } from './history.ts';
import { keyPath, layoutUnder } from './layout.ts';
import type { Layout } from './layout.ts';
import { acquireLease, tryLease } from './lease.ts';
import type { Lease, LeaseAnswer, LeaseRequest } from './lease.ts';
import { ignoringFileErrors, removeAbandonedLeases } from './lease-files.ts';
import type { LeaseHolder } from './lease-files.ts';
import { materialiseEntry } from './materialise.ts';
import type { Materialised } from './materialise.ts';
import { readText } from './objects.ts';
import { openStatIndex } from './stat-index.ts';
import { storeOutputs } from './store.ts';
import type { StoreRequest } from './store.ts';
import { removeAbandoned } from './temporary.ts';
import { openTrajectories } from './trajectories.ts';
import type { Trajectories, TrajectoryRecord } from './trajectories.ts';

export type { Attempt, CacheEntry, Found, Lease, LeaseHolder, LeaseRequest, Materialised, StoreRequest, TrajectoryRecord };

export interface Cache {
  readonly root: string;
  /** Where objects, keys and checkpoints lie. */
  readonly folder: string;
  /** Gives a file's digest, remembered while the file is unchanged: for `planStages`. */
  readonly digester: FileDigester;
  /** What is under a key, and whether something once was. Objects are checked by size; nothing is changed. */
  find(key: string): Promise<Found>;
  /** Digests every object of the entry (or those `filter` takes); returns the damaged, now in quarantine with their keys. */
  check(entry: CacheEntry, filter?: (file: StoredFile) => boolean): Promise<readonly StoredFile[]>;
  /** Moves a stage's outputs into the cache. Failures: `stage-output-missing`, `stage-output-unusable`, `cache-full`, `cache-unwritable`. */
  store(request: StoreRequest): Promise<Result<CacheEntry>>;
  /** What a stage that reads this entry under the name `stage` is given. */
  input(entry: CacheEntry, stage: string): StageInput;
  /** Copies missing or differing files into `folder`. Failures: `cache-full`, `cache-unwritable`. */
  materialise(entry: CacheEntry, filter: (file: StoredFile) => boolean, folder: string): Promise<Result<Materialised>>;
  /** Removes what dead processes left: work folders, partial files, leases. Once for each cache that is opened; what cannot be removed stays. */
  sweep(): Promise<void>;
  /** A fresh work folder, after {@link sweep}. Failures: `cache-full`, `cache-unwritable`. */
  attempt(stage: string): Promise<Result<Attempt>>;
  /** Waits until no other living process holds the key. Failures: `interrupted`, `cache-full`, `cache-unwritable`. */
  lease(key: string, request: LeaseRequest): Promise<Result<Lease>>;
  /** As {@link lease}, but answers with the holder instead of waiting for it, once it is known to live. */
  tryLease(key: string, request: LeaseRequest): Promise<Result<LeaseAnswer>>;
  /** For a run whose plan.json is written: returns once no `cache gc` is under way that may not have seen it. See gc.ts. */
  waitForCollection(stop: AbortSignal, onWait: (holder: LeaseHolder) => void): Promise<void>;
  /** Where checkpoints of a trajectory live. The folder need not exist yet. */
  checkpoints(trajectory: string): string;
  /** What those checkpoints are of. */
  readonly trajectories: Trajectories;
  /** Records of what was made before, for `why` and for timings. */
  readonly history: History;
  /** The files whose listing has this digest (of a stage's outputs, of an outside folder), if the cache has kept it. */
  listing(digest: string): Promise<readonly ListedFile[] | undefined>;
}

/** Failure: `cache-unwritable` where the place cannot hold a cache at all. A read-only one opens, and serves hits. */
export async function openCache(root: string): Promise<Result<Cache>> {
  const layout = layoutUnder(path.resolve(root));
  for (const folder of [path.resolve(root), path.dirname(layout.cache), layout.cache]) {
    const obstacle = obstacleAt(folder);
    if (obstacle !== undefined) return failed('cache-unwritable', `${folder} ${obstacle}`, { hint: 'choose another place with --root' });
  }
  return ok(makeCache(path.resolve(root), layout));
}

/** Types of file systems in which the kernel shows itself: Node's recursive mkdir never returns there. */
const kernelFileSystems = [0x9fa0 /* /proc */, 0x62656572 /* /sys */];

function obstacleAt(folder: string): string | undefined {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found === undefined) return obstacleAt(path.dirname(folder)) === undefined ? undefined : 'cannot be made there';
    if (kernelFileSystems.includes(statfsSync(folder).type)) return 'is a place of the kernel, where nothing can be written';
    if (!found.isDirectory()) return 'is not a folder';
    accessSync(folder, constants.R_OK | constants.X_OK);
    return undefined;
  } catch {
    return 'cannot be read';
  }
}

function makeCache(root: string, layout: Layout): Cache {
  const index = openStatIndex(layout.statIndex, layout.temporary);
  const history = openHistory(layout);
  let cleaned: Promise<unknown> | undefined;
  const cleanUp = async (): Promise<void> => void (await (cleaned ??= Promise.all([removeAbandoned(layout.work), removeAbandoned(layout.temporary), removeAbandonedLeases(layout.leases)])));
  return {
    root,
    folder: layout.cache,
    sweep: cleanUp,
    history,
    digester: (file, found) => index.digest(file, found),
    find: (key) => findKey(layout, key),
    check(entry, filter) {
      noteUse(layout, entry);
      return checkEntry(layout, index, entry, filter);
    },
    store: (request) => storeOutputs(layout, request),
    input: (entry, stage) => makeInput(layout, entry, stage),
    materialise(entry, filter, folder) {
      noteUse(layout, entry);
      return materialiseEntry(layout, index, entry, filter, folder);
    },
    async attempt(stage) {
      await cleanUp();
      return beginAttempt(layout, stage);
    },
    lease: (key, request) => acquireLease(layout, key, request),
    tryLease: (key, request) => tryLease(layout, key, request),
    waitForCollection: (stop, onWait) => waitForCollection(layout, stop, onWait),
    trajectories: openTrajectories(layout),
    checkpoints: (trajectory) => path.join(layout.checkpoints, trajectory),
    async listing(digest) {
      const text = await readText(layout, digest).catch(() => undefined); // only for explanations
      return text === undefined ? undefined : parseListing(text);
    },
  };
}

/** The time of a key's record says when its outputs were last made or read: what `cache gc` goes by. */
function noteUse(layout: Layout, { key }: CacheEntry): void {
  const now = new Date();
  ignoringFileErrors(() => utimesSync(keyPath(layout, key), now, now));
}
