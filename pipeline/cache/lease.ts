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
import type { LeaseHolder, Others } from './lease-files.ts';
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
  /**
   * Ties the lease to another process as well: should this one die, the lease stays taken until that one has ended too.
   * `group`: and every process of the group that it leads (a child spawned with `detached: true`).
   */
  adopt(pid: number, group?: boolean): Promise<void>;
  release(): Promise<void>;
}

const heartbeatMilliseconds = 10_000;
const defaultSilence = 120_000;

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

/** As {@link acquireLease}, but answers with a holder instead of waiting for it. */
export async function tryLease(layout: Layout, key: string, request: LeaseRequest): Promise<Result<LeaseAnswer>> {
  const contest = enterContest(layout, key, request);
  let seen: string | undefined;
  for (;;) {
    const answer = await contest();
    // Seen twice, so it holds the lease; seen once, it may only have tried at the same moment, and given way as this one did.
    if (!answer.ok || 'lease' in answer.value || answer.value.name === seen) return answer;
    seen = answer.value.name;
    await sleep(50 * (0.5 + Math.random()));
  }
}

export type LeaseAnswer = { readonly lease: Lease } | { readonly heldBy: LeaseHolder; readonly name: string };

function enterContest(layout: Layout, key: string, request: LeaseRequest): () => Promise<Result<LeaseAnswer>> {
  const folder = path.join(layout.leases, key);
  const others = watchOthers(folder, request.silenceMilliseconds ?? defaultSilence);
  return async () => {
    try {
      const holder = (await others.firstLiving()) ?? (await tryOnce(folder, request.stage, others));
      if (typeof holder !== 'string') return ok({ lease: hold(key, folder, holder.own) });
      return ok({ name: holder, heldBy: await describeHolder(path.join(folder, holder)) });
    } catch (error) {
      return fileFailure(error, folder);
    }
  };
}

/** The name of a living other, or this process's own file, which then is the lease. */
async function tryOnce(folder: string, stage: string, others: Others): Promise<string | { readonly own: string }> {
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
    async adopt(pid, group = false) {
      const owner = await ownerOf(pid, group);
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
