/** What a record means now: a run whose process is gone was interrupted, with the stages it was in, whatever it last wrote. */
import { livenessOf, parseOwnerName } from '../cache/owner.ts';
import type { RunRecord } from './run-record.ts';

export async function recordNow(record: RunRecord): Promise<RunRecord> {
  if (record.state !== 'running') return record;
  const owner = parseOwnerName(record.process.owner);
  if (owner === undefined || (await livenessOf(owner)) !== 'dead') return record;
  const stages = Object.entries(record.stages).map(([name, stage]) => [name, stage.state === 'running' ? { ...stage, state: 'interrupted' as const } : stage] as const);
  return { ...record, state: 'interrupted', stages: Object.fromEntries(stages) };
}
