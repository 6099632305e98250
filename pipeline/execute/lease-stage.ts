/** What one execution of a stage holds: its key and, where it keeps checkpoints, its trajectory, which several keys may share. */
import { hostname } from 'node:os';
import type { CacheEntry, Lease, LeaseHolder } from '../cache/cache.ts';
import { ok, type Result } from '../failure.ts';
import { trajectoryOf } from '../plan/decide.ts';
import type { PlannedStage } from '../plan/plan.ts';
import type { RunServices } from './run-services.ts';

export type StageLease = Pick<Lease, 'adopt' | 'release'>;

/** Waits for both, always the key first, so that no two processes can wait for each other. */
export async function leaseStage(
  stage: PlannedStage, key: string, outputs: ReadonlyMap<string, CacheEntry>, { cache, stop, reporter }: RunServices,
): Promise<Result<StageLease>> {
  const held: Lease[] = [];
  const together: StageLease = {
    adopt: async (pid) => void (await Promise.all(held.map((lease) => lease.adopt(pid)))),
    release: async () => void (await Promise.all(held.map((lease) => lease.release()))),
  };
  const trajectory = trajectoryOf(stage, outputs);
  const wanted = [{ name: key, makes: 'makes the same' }, ...(trajectory === undefined ? [] : [{ name: trajectory.digest, makes: 'trains the same networks' }])];
  for (const { name, makes } of wanted) {
    const onWait = (holder: LeaseHolder) => reporter.report({ event: 'stage-waiting', stage: stage.name, message: `waiting for ${holderText(holder, makes)}` });
    const lease = await cache.lease(name, { stage: stage.name, stop, onWait });
    if (!lease.ok) {
      await together.release();
      return lease;
    }
    held.push(lease.value);
  }
  return ok(together);
}

/** `train of another giverny (process 4711), which makes the same`. */
function holderText({ pid, host, stage }: LeaseHolder, makes: string): string {
  if (host !== hostname()) return `${stage} of another giverny (process ${pid} on ${host}), which ${makes}`;
  return pid === process.pid ? `${stage}, which ${makes}` : `${stage} of another giverny (process ${pid}), which ${makes}`;
}
