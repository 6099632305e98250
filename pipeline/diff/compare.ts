/** From what runs tell to what differs between them. */
import type { ListedFile } from '../plan/digest.ts';
import { axisEffects } from './axis-effects.ts';
import { codeDifference, type CodeOptions } from './code-differences.ts';
import { comparisonSchema, type CodeDifference, type Column, type Comparison, type DataDifference } from './comparison.ts';
import { configDifferences } from './config-differences.ts';
import { curveRows } from './curve-rows.ts';
import { dataDifferences, type FindListing } from './data-differences.ts';
import { environmentDifferences } from './environment-differences.ts';
import type { GatheredRun } from './gather.ts';
import { groupRuns, letterOf, type Group } from './groups.ts';
import { metricRows } from './metric-rows.ts';
import { notesOn } from './notes.ts';
import { pictureRows } from './picture-rows.ts';
import type { Selected } from './select.ts';
import { stageRows } from './stage-rows.ts';

export interface Comparing extends CodeOptions {
  /** What the caches of the runs' projects have kept. */
  readonly listing: FindListing;
  readonly sweep?: Selected['sweep'];
}

/** Reads of the file system only what the runs' differences lead to: lists of files, the repository. */
export async function compareRuns(runs: readonly GatheredRun[], { listing, sweep, ...code }: Comparing): Promise<Comparison> {
  const { groups, seedsAlone } = groupRuns(runs);
  const first = groups.map((group) => group[0]!);
  const pictures = pictureRows(oneSeed(groups));
  return {
    schema: comparisonSchema,
    ...(sweep === undefined ? {} : { sweep: { ...sweep, effects: axisEffects(sweep.axes, runs) } }),
    columns: groups.map(columnOf),
    seedsAlone,
    unknown: unknownParts(first),
    config: configDifferences(first).filter(({ path }) => path !== 'seed' || seedsAlone || groups.every((group) => group.length === 1)),
    code: await codeDifferences(first, code),
    data: await allDataDifferences(first, remembering(listing)),
    environment: environmentDifferences(first),
    metrics: metricRows(groups),
    curves: curveRows(groups),
    pictures: pictures.rows,
    stages: stageRows(groups),
    notes: [...notesOn(groups), ...pictures.notes],
  };
}

function unknownParts(runs: readonly GatheredRun[]): Comparison['unknown'] {
  const known = { config: runs.every(({ config }) => config !== undefined), data: runs.every(({ stages }) => stages.length > 0), environment: runs.every(({ environment }) => environment !== undefined) };
  return (['config', 'data', 'environment'] as const).filter((part) => !known[part]);
}

function columnOf(group: Group, index: number): Column {
  const values = group[0]!.values;
  return {
    letter: letterOf(index),
    runs: group.map(({ listed: { run, folder, state, record }, seed }) => ({
      run, folder, state, startedAt: record.startedAt, command: record.command,
      ...(record.seconds === undefined ? {} : { seconds: record.seconds }), ...(seed === undefined ? {} : { seed }),
    })),
    ...(values === undefined ? {} : { values }),
  };
}

/** One run of each column: of the lowest seed that all columns have, where there is one. */
function oneSeed(groups: readonly Group[]): readonly GatheredRun[] {
  const common = groups[0]?.map(({ seed }) => seed).find((seed) => seed !== undefined && groups.every((group) => group.some((run) => run.seed === seed)));
  return groups.map((group) => group.find(({ seed }) => common !== undefined && seed === common) ?? group[0]!);
}

/** Runs of the same code are asked for once. */
async function codeDifferences(runs: readonly GatheredRun[], options: CodeOptions): Promise<readonly CodeDifference[]> {
  const [reference, ...others] = runs;
  const known = new Map<string, ReturnType<typeof codeDifference>>();
  const differences: CodeDifference[] = [];
  for (const [index, run] of others.entries()) {
    const key = JSON.stringify([run.code?.commit, run.code?.dirty, run.code?.patch, run.code === null]);
    const asked = known.get(key) ?? codeDifference(reference!, run, others.length === 1 ? letterOf(1) : undefined, options);
    known.set(key, asked);
    const difference = await asked;
    if (difference !== undefined) differences.push({ letter: letterOf(index + 1), ...difference });
  }
  return differences;
}

async function allDataDifferences(runs: readonly GatheredRun[], listing: FindListing): Promise<readonly DataDifference[]> {
  const [reference, ...others] = runs;
  const differences: DataDifference[] = [];
  for (const [index, run] of others.entries()) differences.push(...await dataDifferences(reference!, run, letterOf(index + 1), listing));
  return differences;
}

function remembering(listing: FindListing): FindListing {
  const known = new Map<string, Promise<readonly ListedFile[] | undefined>>();
  return (digest) => {
    const asked = known.get(digest) ?? listing(digest);
    known.set(digest, asked);
    return asked;
  };
}
