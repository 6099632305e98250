/** The trials of a sweep as one row of `giverny ls`. */
import { durationText } from '../progress/words.ts';
import { runsOf, type Membership, type OwningSweep } from '../query/sweep-membership.ts';
import type { QueriedRun } from '../query/run-fields.ts';
import { isTrial } from '../run-folder/run-record.ts';
import { timeTaken } from '../run-folder/time-taken.ts';
import { localTime } from './local-time.ts';

export interface SweepRow {
  /** By the names of the usual columns. */
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * Every sweep stands where its newest run is, in the place of its trials. A run that was begun by hand stands for itself as
 * well; a trial of two sweeps is counted in both.
 */
export function groupTrials(runs: readonly QueriedRun[], { sweeps }: Membership): readonly ({ readonly run: QueriedRun } | { readonly sweep: SweepRow })[] {
  const owning = new Map(sweeps.map((each) => [each.sweep, each]));
  const byName = new Map(runs.map((run) => [run.run, run]));
  const placed = new Set<string>();
  return runs.flatMap((run) => {
    // What a person ran stays a row of its own, also where a sweep has it as well.
    const own = run.latest || run.sweeps().length === 0 || !isTrial(run.record) ? [{ run }] : [];
    const fresh = run.sweeps().filter((name) => !placed.has(name));
    for (const name of fresh) placed.add(name);
    return [...own, ...fresh.map((name) => ({ sweep: rowOf(owning.get(name)!, byName) }))];
  });
}

function rowOf({ sweep, record }: OwningSweep, byName: ReadonlyMap<string, QueriedRun>): SweepRow {
  const runs = [...new Set(record.trials.flatMap((trial) => [...runsOf(trial)]))].flatMap((name) => byName.get(name) ?? []);
  const counts = countStates(record.trials.map(({ run }) => byName.get(run)?.state ?? 'waiting'));
  const seconds = runs.reduce((sum, run) => sum + (timeTaken(run.record) ?? 0), 0);
  return {
    cells: {
      run: `sweep ${sweep}`,
      state: `${counts['done'] ?? 0} of ${record.trials.length} done${others(counts)}`,
      started: localTime(record.startedAt),
      took: seconds === 0 ? '' : durationText(seconds),
      results: `giverny ls --sweep ${sweep}`,
    },
  };
}

function countStates(states: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

const others = (counts: Readonly<Record<string, number>>): string =>
  ['running', 'failed', 'interrupted'].flatMap((state) => (counts[state] === undefined ? [] : [`, ${counts[state]} ${state}`])).join('');
