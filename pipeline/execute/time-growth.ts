/**
 * How much longer than its nearest earlier execution a stage will take: by what its schema, and those of the stages that it
 * reads, say of the numbers that changed (`x-time-grows`). What they do not say counts as no change.
 */
import type { Cache } from '../cache/cache.ts';
import type { KeyRecord } from '../cache/key-record.ts';
import { timeGrows, type TimeGrows } from '../config/schema/ajv-options.ts';
import { schemaOf } from '../config/schema/schema-path.ts';
import { jsonDifferences } from '../plan/json-differences.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';
import type { Json } from '../stage.ts';

export interface Growth {
  /** Factors: of the time, and of the amount of data that it makes. */
  readonly time: number;
  readonly data: number;
}

/** More changed parameters than these make another stage, of whose time the earlier one says nothing. */
const alikeAtMost = 8;

/** Undefined where the two are too different to compare. */
export async function growthSince(record: KeyRecord, stage: PlannedStage, { stages }: Pick<Plan, 'stages'>, cache: Cache): Promise<Growth | undefined> {
  const own = ownGrowth(record, stage);
  if (own === undefined) return undefined;
  const read = await Promise.all(stage.from.map(async (name, index) => {
    const source = stages.find((each) => each.name === name);
    const made = source === undefined ? undefined : await makerOf(record.manifest.from[index], source, cache);
    return made === undefined ? 1 : (await growthSince(made, source!, { stages }, cache))?.data ?? 1;
  }));
  // Two inputs are most often the same data by two ways.
  const data = read.length === 0 ? 1 : Math.max(...read);
  return { time: own.time * data, data: own.data * data };
}

function ownGrowth(record: KeyRecord, { definition: { schema }, manifest }: PlannedStage): Growth | undefined {
  const differences = jsonDifferences(record.manifest.params, manifest.params);
  if (differences.length > alikeAtMost) return undefined;
  let [time, data] = [1, 1];
  for (const { path, before, after } of differences) {
    const grows = schemaOf(schema, path.split('.'))?.[timeGrows] as TimeGrows | undefined;
    if (grows === undefined) continue;
    const factor = ratio(before, after) ** grows.power;
    time *= factor;
    if (grows.data === true) data *= factor;
  }
  return { time, data };
}

/** Of a list (a height and a width) the geometric mean. */
function ratio(before: Json | undefined, after: Json | undefined): number {
  if (typeof before === 'number' && typeof after === 'number') return before > 0 && after > 0 ? after / before : 1;
  if (!Array.isArray(before) || !Array.isArray(after) || before.length !== after.length || before.length === 0) return 1;
  const [was, is] = [before as readonly Json[], after as readonly Json[]];
  return was.reduce<number>((product, each, index) => product * ratio(each, is[index]), 1) ** (1 / was.length);
}

/** The record of the execution of `source` whose outputs those are. */
async function makerOf(outputs: string | undefined, { definition: { uses } }: PlannedStage, cache: Cache): Promise<KeyRecord | undefined> {
  return outputs === undefined ? undefined : (await cache.history.of(uses)).find((record) => record.outputs === outputs);
}
