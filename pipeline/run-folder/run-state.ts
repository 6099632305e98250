/** What a record means now: a run whose process is gone was interrupted, with the stages it was in, whatever it last wrote. */
import { errorCode } from '../cache/file-failure.ts';
import { livenessOf, parseOwnerName } from '../cache/owner.ts';
import { lockHeartbeat } from './lock.ts';
import { runNameOf } from '../plan/plan.ts';
import type { RunRecord } from './run-record.ts';

/** Clocks of machines differ: a process elsewhere, which beats every few seconds, is not given up at once. */
const silentMilliseconds = 5 * 60_000;

async function isGone({ process, name, digest }: RunRecord, root: string): Promise<boolean> {
  const owner = parseOwnerName(process.owner);
  if (owner === undefined) return false;
  const sign = await lockHeartbeat(root, { runName: runNameOf(name, digest), identity: digest }).catch(unreadable);
  const liveness = await livenessOf(owner, sign === 'unreadable' ? undefined : sign);
  if (liveness !== 'elsewhere') return liveness === 'dead';
  if (sign === 'unreadable') return false;
  return sign === undefined || Date.now() - sign > silentMilliseconds;
}

/** Where the lock cannot be looked at, nobody is given up. */
function unreadable(error: unknown): 'unreadable' {
  if (errorCode(error) === undefined) throw error;
  return 'unreadable';
}

/** The seconds in a record that says `running` are those of the executions before: as a duration they would mislead. */
export async function recordNow(record: RunRecord, root: string): Promise<RunRecord> {
  if (record.state !== 'running') return record;
  const { seconds: _before, ...now } = record;
  if (!(await isGone(record, root))) return now;
  const stages = Object.entries(record.stages).map(([name, stage]) => [name, stage.state === 'running' ? { ...stage, state: 'interrupted' as const } : stage] as const);
  return { ...now, state: 'interrupted', stages: Object.fromEntries(stages) };
}
