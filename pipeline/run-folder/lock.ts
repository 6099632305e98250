/** The lock of a run folder: a lease of the cache, named for the run. */
import { hostname } from 'node:os';
import type { Cache, Lease, LeaseHolder } from '../cache/cache.ts';
import { lastHeartbeat } from '../cache/lease-files.ts';
import { failed, ok, type Result } from '../failure.ts';
import { digestText } from '../plan/digest.ts';
import type { Plan } from '../plan/plan.ts';

/** By the name of the folder as well: configs of other names with the same stages have folders of their own. */
const lockOf = ({ runName, identity }: Pick<Plan, 'identity' | 'runName'>): string => digestText(`run ${runName} ${identity}`);

export interface LockRequest {
  readonly plan: Pick<Plan, 'identity' | 'runName'>;
  readonly cache: Cache;
  readonly stop: AbortSignal;
  /** Waits for a process that lives until it has ended its work. */
  readonly waits?: boolean;
  say(line: string): void;
}

/**
 * A person who starts a run twice must not wait for hours: the second process is told at once, or as soon as it is known that
 * the first one lives. A job of a sweep `waits`: what another works on will be done, and is no failure of the trial.
 * Failures: `run-in-use`, `interrupted`, those of the cache.
 */
export async function takeLock({ plan, cache, stop, waits = false, say }: LockRequest, folder: string): Promise<Result<Lease>> {
  if (waits) return cache.lease(lockOf(plan), { stage: plan.runName, stop, onWait: (holder) => say(`${processText(holder)} is working in ${folder}: waiting for it`) });
  const onWait = (holder: LeaseHolder): void =>
    say(`${processText(holder)} was working in this run; if it gives no sign of life for two minutes, this process takes over`);
  const answer = await cache.tryLease(lockOf(plan), { stage: plan.runName, stop, onWait });
  if (!answer.ok) return answer;
  if ('lease' in answer.value) return ok(answer.value.lease);
  return failed('run-in-use', `${processText(answer.value.heldBy)} is working in ${folder}`, {
    hint: 'Wait for it, or stop it; what it has done is kept.',
  });
}

const processText = ({ pid, host }: LeaseHolder): string => `process ${pid}${host === hostname() ? '' : ` on ${host}`}`;

/** When the process that holds the lock last gave a sign of life, in milliseconds since 1970; undefined where none holds it. */
export const lockHeartbeat = (root: string, run: Pick<Plan, 'identity' | 'runName'>): Promise<number | undefined> => lastHeartbeat(root, lockOf(run));
