/** Whether a stage that has to run starts from nothing: where checkpoints of its trajectory are kept, it continues. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Cache, CacheEntry } from '../cache/cache.ts';
import { neverRun, trajectoryOf } from '../plan/decide.ts';
import type { PlannedStage } from '../plan/plan.ts';
import { forcedNote } from './set-aside.ts';

export interface WhyItRuns {
  readonly stage: PlannedStage;
  /** As `decide` says it. */
  readonly reason: string;
  readonly forced: boolean;
  /** The finished stages, by name: all that it reads among them. */
  readonly outputs: ReadonlyMap<string, CacheEntry>;
}

const continuation = 'continues from a checkpoint';

/** Why it runs, for `plan` and `run` alike: an execution that was stopped is not one that never ran. */
export async function whyItRuns({ stage, reason, forced, outputs }: WhyItRuns, cache: Cache): Promise<string> {
  const trajectory = trajectoryOf(stage, outputs);
  if (trajectory === undefined || !(await isContinued(stage, cache.checkpoints(trajectory), forced))) return reason;
  return reason === neverRun ? continuation : `${reason}; ${continuation}`;
}

async function isContinued({ definition, prepared }: PlannedStage, folder: string, forced: boolean): Promise<boolean> {
  // A forced execution sets what is there aside, unless it is itself what was stopped.
  if (forced && !existsSync(forcedNote(folder))) return false;
  const names = await readdir(folder).catch(() => []);
  return definition.continues === undefined ? names.length > 0 : definition.continues(prepared.params, names);
}
