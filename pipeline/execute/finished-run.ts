/** Whether there is nothing to do: the run is done, every stage is still a hit, and every file of its folder is there. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Cache, CacheEntry } from '../cache/cache.ts';
import { ok, type Result } from '../failure.ts';
import { decide } from '../plan/decide.ts';
import type { Plan } from '../plan/plan.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import { earlierRecord, filesUntouched } from '../run-folder/run-folder.ts';
import type { RunRecord } from '../run-folder/run-record.ts';

/** What every finished run has besides the outputs of its stages. */
const ownFiles = ['config.yaml', 'plan.json', 'environment.json', 'events.jsonl'];

export interface FinishedRun {
  readonly folder: string;
  readonly record: RunRecord;
}

/** By stat alone; contents are digested when they are restored. Undefined where there is work. */
export async function finishedRun(plan: Plan, cache: Cache, root: string): Promise<Result<FinishedRun | undefined>> {
  const folder = join(runsFolder(root), plan.runName);
  const read = await earlierRecord(folder, plan);
  if (!read.ok) return read;
  const record = read.value;
  if (record === undefined || record.state !== 'done' || record.report === undefined) return ok(undefined);
  const whole = allThere(folder, [...ownFiles, record.report]) && await filesUntouched(folder, record.files) && await allHits(plan, cache, record);
  return ok(whole ? { folder, record } : undefined);
}

const allThere = (folder: string, paths: readonly string[]): boolean => paths.every((path) => existsSync(resolve(folder, path)));

async function allHits(plan: Plan, cache: Cache, record: RunRecord): Promise<boolean> {
  const outputs = new Map<string, CacheEntry>();
  for (const stage of plan.stages) {
    const decision = await decide(stage, outputs, cache);
    if (decision.kind !== 'hit' || decision.key !== record.stages[stage.name]?.key) return false;
    outputs.set(stage.name, decision.entry);
  }
  return true;
}
