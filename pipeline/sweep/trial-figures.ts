/** What a trial came to, in numbers: what its stages last said of themselves, from its run.json. */
import { join } from 'node:path';
import { runsFolder } from '../run-folder/list-runs.ts';
import { readRunRecord, type RunRecord } from '../run-folder/run-record.ts';

/** By name: `psnr_AtoB`; where two stages have one of that name, `evaluate.psnr_AtoB`. */
export type TrialFigures = Readonly<Record<string, number>>;

export interface TrialRecord {
  readonly record: RunRecord;
  readonly figures: TrialFigures;
}

/** Undefined where the run has no folder yet, or a damaged one. */
export async function readTrial(root: string, run: string): Promise<TrialRecord | undefined> {
  const read = await readRunRecord(join(runsFolder(root), run));
  return read.ok && read.value !== undefined ? { record: read.value, figures: figuresOf(read.value) } : undefined;
}

export function figuresOf({ stages }: RunRecord): TrialFigures {
  const all = Object.entries(stages).flatMap(([stage, { figures }]) => Object.entries(figures ?? {}).map(([name, value]) => ({ stage, name, value })));
  const isAlone = (name: string): boolean => all.filter((each) => each.name === name).length === 1;
  return Object.fromEntries(all.map(({ stage, name, value }) => [isAlone(name) ? name : `${stage}.${name}`, value]));
}

/** Of all figures those that stand for the trial: of the last stage that gave some, the first few. */
export function mainFigures({ record: { stages }, figures }: TrialRecord, atMost: number): TrialFigures {
  const last = Object.entries(stages).findLast(([, stage]) => stage.figures !== undefined);
  const names = Object.keys(last?.[1].figures ?? {}).map((name) => (Object.hasOwn(figures, name) ? name : `${last![0]}.${name}`));
  return Object.fromEntries(names.slice(0, atMost).map((name) => [name, figures[name]!]));
}

/** The figure that a person means by `psnr_AtoB` or `evaluate.psnr_AtoB`: of several stages that have it, the last one's. */
export function metricOf({ stages }: RunRecord, metric: string): number | undefined {
  let found: number | undefined;
  for (const [stage, { figures }] of Object.entries(stages)) {
    for (const [name, value] of Object.entries(figures ?? {})) {
      if ((name === metric || `${stage}.${name}` === metric) && Number.isFinite(value)) found = value;
    }
  }
  return found;
}
