/** What a run's recorded state means now: a run whose process is gone was interrupted, whatever it last wrote. */
import { livenessOf, parseOwnerName } from '../cache/owner.ts';
import type { RunState } from '../progress/events.ts';
import type { RunRecord } from './run-record.ts';

export async function stateNow(record: RunRecord): Promise<RunState> {
  if (record.state !== 'running') return record.state;
  const owner = parseOwnerName(record.process.owner);
  return owner !== undefined && (await livenessOf(owner)) === 'dead' ? 'interrupted' : 'running';
}
