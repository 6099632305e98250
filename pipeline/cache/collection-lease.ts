/** One collection (`cache gc`) at a time, and what other processes do about it: see gc.ts for why this order is safe. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Layout } from './layout.ts';
import { acquireLease } from './lease.ts';
import type { LeaseRequest } from './lease.ts';
import { describeHolder, watchOthers } from './lease-files.ts';
import type { LeaseHolder } from './lease-files.ts';

const collectionLease = 'gc';

/** Announces a collection. Failures: `interrupted` while waiting for another, `cache-full`, `cache-unwritable`. */
export const announceCollection = (layout: Layout, request: Omit<LeaseRequest, 'stage'>) =>
  acquireLease(layout, collectionLease, { ...request, stage: 'giverny cache gc' });

/** Whoever copies entries into a cache holds off collections: until its key is there, nothing needs what was copied. */
export const holdOffCollections = (layout: Layout, request: LeaseRequest) => acquireLease(layout, collectionLease, request);

/** For a run that has written its plan.json: returns once no collection is under way that may not have seen it. */
export async function waitForCollection(layout: Layout, stop: AbortSignal, onWait: (holder: LeaseHolder) => void): Promise<void> {
  const folder = path.join(layout.leases, collectionLease);
  if (!existsSync(folder)) return;
  const others = watchOthers(folder);
  let told: string | undefined;
  for (;;) {
    const other = await others.firstLiving();
    if (other === undefined || stop.aborted) return;
    if (other.name !== told) onWait(await describeHolder(path.join(folder, other.name)));
    told = other.name;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
