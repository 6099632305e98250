/** The lock of a sweep: a lease of the cache. Whoever hands over its jobs holds it, and whoever removes it. */
import { basename } from 'node:path';
import type { Cache, Lease, LeaseHolder } from '../cache/cache.ts';
import { failed, ok, type Result } from '../failure.ts';
import { digestText } from '../plan/digest.ts';

/** `folder`: the sweep's. Failures: `sweep-in-use`, `interrupted`, `cache-unwritable`. */
export async function takeSweepLock(folder: string, cache: Cache, stop: AbortSignal, onWait?: (holder: LeaseHolder) => void): Promise<Result<Lease>> {
  const sweep = basename(folder);
  const answer = await cache.tryLease(digestText(`sweep ${sweep}`), { stage: sweep, stop, ...(onWait && { onWait }) });
  if (!answer.ok) return answer;
  if ('lease' in answer.value) return ok(answer.value.lease);
  return failed('sweep-in-use', `process ${answer.value.heldBy.pid} is following this sweep`, { hint: `giverny sweep status ${sweep}; giverny sweep cancel ${sweep} stops it` });
}
