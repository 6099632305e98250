/** The runs of a project with what stands beside their records, for the verbs that choose among them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { briefRuns, type BriefRun } from '../run-folder/brief-runs.ts';
import type { DamagedRun } from '../run-folder/list-runs.ts';
import { noLabels, readLabels, type Labels } from '../run-folder/labels.ts';
import type { QueriedRun } from '../query/run-fields.ts';
import type { Json } from '../stage.ts';
import { sweepMembership, type Membership } from '../query/sweep-membership.ts';

export interface QueriedRuns {
  /** Newest first. */
  readonly runs: readonly QueriedRun[];
  readonly damaged: readonly DamagedRun[];
  readonly sweeps: Membership;
}

export async function queriedRuns(root: string): Promise<QueriedRuns> {
  const [{ runs, damaged }, sweeps] = await Promise.all([briefRuns(root), sweepMembership(root)]);
  // Only records of older giverny need it; loaded beforehand, because fields are read without waiting.
  const parse = runs.some((run) => !run.hasConfig) ? (await import('yaml')).parse : undefined;
  return { runs: runs.map((run) => queried(run, sweeps, parse)), damaged, sweeps };
}

function queried(run: BriefRun, sweeps: Membership, parse: ((text: string) => unknown) | undefined): QueriedRun {
  let labels: Labels | undefined;
  let config: { readonly json: Json | undefined } | undefined;
  return {
    ...run,
    labels: () => (labels ??= labelsOf(run.folder)),
    config: () => (config ??= { json: run.config() ?? writtenConfig(run.folder, parse) }).json,
    sweeps: () => sweeps.ofRun(run.run).map(({ sweep }) => sweep),
    axes: () => Object.assign({}, ...sweeps.ofRun(run.run).map(({ trial }) => trial.values)) as Readonly<Record<string, Json>>,
  };
}

/** `giverny show` says what is wrong with a damaged file. */
function labelsOf(folder: string): Labels {
  const read = readLabels(folder);
  return read.ok ? read.value : noLabels;
}

function writtenConfig(folder: string, parse: ((text: string) => unknown) | undefined): Json | undefined {
  const file = join(folder, 'config.yaml');
  if (parse === undefined || !existsSync(file)) return undefined;
  try {
    return parse(readFileSync(file, 'utf8')) as Json;
  } catch {
    return undefined; // a person may have edited it
  }
}
