/**
 * One holder a key. `leases/<key>/` holds one file for each process that holds the lease or tries for it, named for
 * that process. To take the lease: put a file there, THEN look; if any other file belongs to a process that may live,
 * take one's own away, and wait. Of two that try at once at least one sees the other, so never both hold it. Names are
 * used once, so a dead holder's file can be removed by anyone without ever hitting a living one's.
 */
import { utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, ok } from '../failure.ts';
import type { Result } from '../failure.ts';
import { fileFailure } from './file-failure.ts';
import type { Layout } from './layout.ts';
import { announce, describeHolder, ignoringFileErrors, watchOthers, withdraw } from './lease-files.ts';
import type { LeaseHolder, Other, Others } from './lease-files.ts';
import { ownerName, ownerOf, self } from './owner.ts';

export interface LeaseRequest {
  readonly stage: string;
  /** Called once for each holder that is waited for. */
  onWait?(holder: LeaseHolder): void;
  readonly stop: AbortSignal;
  /** How long a holder on another machine may be silent before it counts as dead. Default 120 s; a heartbeat comes every 10 s. */
  readonly silenceMilliseconds?: number;
}

export interface Lease {
  readonly key: string;
  /** Ties the lease to another process as well: should this one die, the lease stays taken until that one has ended too. */
  adopt(pid: number): Promise<void>;
  release(): Promise<void>;
}

const heartbeatMilliseconds = 10_000;

/** Waits until no other living process holds the key. Failures: `interrupted` when `stop` fires; `cache-full`, `cache-unwritable`. */
export async function acquireLease(layout: Layout, key: string, request: LeaseRequest): Promise<Result<Lease>> {
  const contest = enterContest(layout, key, request);
  let told: string | undefined;
  for (let patience = 20; ; patience = Math.min(patience * 1.5, 500)) {
    if (request.stop.aborted) return interrupted();
    const answer = await contest();
    if (!answer.ok) return answer;
    if ('lease' in answer.value) return ok(answer.value.lease);
    const { heldBy, name } = answer.value;
    if (name !== told) request.onWait?.(heldBy);
    told = name;
    // By chance, so that two which have just given way to each other do not do so again and again.
    await sleep(patience * (0.5 + Math.random()), undefined, { signal: request.stop }).catch(() => undefined);
  }
}

/**
 * As {@link acquireLease}, but answers with a holder that lives instead of waiting for it. One elsewhere is waited for
 * until its heartbeat is seen or its silence has been long enough; `onWait` tells of it.
 */
export async function tryLease(layout: Layout, key: string, request: LeaseRequest): Promise<Result<LeaseAnswer>> {
  const contest = enterContest(layout, key, request);
  for (let seen: string | undefined; !request.stop.aborted;) {
    const answer = await contest();
    if (!answer.ok || 'lease' in answer.value) return answer;
    const { name, heldBy, lives } = answer.value;
    // Seen twice, so it holds the lease; seen once, it may only have tried at the same moment, and given way as this one did.
    if (lives && name === seen) return answer;
    if (!lives && name !== seen) request.onWait?.(heldBy);
    seen = name;
    await sleep((lives ? 50 : 500) * (0.5 + Math.random()), undefined, { signal: request.stop }).catch(() => undefined);
  }
  return interrupted();
}

export type LeaseAnswer = { readonly lease: Lease } | (Other & { readonly heldBy: LeaseHolder });

function enterContest(layout: Layout, key: string, request: LeaseRequest): () => Promise<Result<LeaseAnswer>> {
  const folder = path.join(layout.leases, key);
  const others = watchOthers(folder, request.silenceMilliseconds);
  return async () => {
    try {
      const holder = (await others.firstLiving()) ?? (await tryOnce(folder, request.stage, others));
      if ('own' in holder) return ok({ lease: hold(key, folder, holder.own) });
      return ok({ ...holder, heldBy: await describeHolder(path.join(folder, holder.name)) });
    } catch (error) {
      return fileFailure(error, folder);
    }
  };
}

/** Another that lives or may live, or this process's own file, which then is the lease. */
async function tryOnce(folder: string, stage: string, others: Others): Promise<Other | { readonly own: string }> {
  const own = ownerName(await self());
  const content = JSON.stringify({ pid: process.pid, host: hostname(), stage });
  announce(folder, own, content);
  const other = await others.firstLiving(own).catch((error: unknown) => {
    withdraw(folder, [own]);
    throw error;
  });
  if (other === undefined) return { own };
  withdraw(folder, [own]);
  return other;
}

function hold(key: string, folder: string, own: string): Lease {
  const names = [own];
  const heartbeat = setInterval(() => {
    const now = new Date();
    for (const name of names) ignoringFileErrors(() => utimesSync(path.join(folder, name), now, now));
  }, heartbeatMilliseconds);
  heartbeat.unref();
  return {
    key,
    async adopt(pid) {
      const owner = await ownerOf(pid);
      if (owner === undefined) return;
      const name = ownerName(owner);
      announce(folder, name, JSON.stringify({ pid, host: hostname(), stage: 'what a dead process started' }));
      names.push(name);
    },
    async release() {
      clearInterval(heartbeat);
      withdraw(folder, names);
    },
  };
}
