/** Which runs are trials of which sweeps. */
import { listSweeps, type FoundSweep } from '../sweep/sweep-folder.ts';
import { readSweepRecord, type SweepRecord, type SweepTrial } from '../sweep/sweep-record.ts';

export interface OwningSweep extends FoundSweep {
  readonly record: SweepRecord;
}

export interface TrialOf {
  /** The name of the sweep's folder. */
  readonly sweep: string;
  readonly trial: SweepTrial;
}

export interface Membership {
  /** The one last begun or continued first. A sweep whose record cannot be read is not among them. */
  readonly sweeps: readonly OwningSweep[];
  /** `run`: the name of a run folder. */
  ofRun(run: string): readonly TrialOf[];
}

export async function sweepMembership(root: string): Promise<Membership> {
  const [sweeps, owners] = [new Array<OwningSweep>(), new Map<string, TrialOf[]>()];
  for (const found of await listSweeps(root)) {
    const record = await readSweepRecord(found.folder);
    if (!record.ok) continue;
    sweeps.push({ ...found, record: record.value });
    for (const trial of record.value.trials) {
      for (const run of runsOf(trial)) owners.set(run, [...(owners.get(run) ?? []), { sweep: found.sweep, trial }]);
    }
  }
  return { sweeps, ofRun: (run) => owners.get(run) ?? [] };
}

/** Its run, and those of the rungs before. */
export const runsOf = ({ run, rungs = [] }: SweepTrial): ReadonlySet<string> => new Set([run, ...rungs.map((rung) => rung.run)]);
