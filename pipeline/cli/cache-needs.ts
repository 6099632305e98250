/** What the runs of a project need of its cache, for `cache ls` and `cache gc`. */
import type { Needs } from '../cache/collection.ts';
import { ok, type Result } from '../failure.ts';
import { listRuns } from '../run-folder/list-runs.ts';
import { readRunNeeds } from '../run-folder/needs.ts';

/** `without`: runs that count as gone. */
export async function cacheNeeds(root: string, without?: ReadonlySet<string>): Promise<Result<Needs>> {
  const needs = await readRunNeeds(root, without);
  if (!needs.ok) return needs;
  const unfinished = new Set((await listRuns(root)).filter(({ state }) => state !== 'done').map(({ run }) => run));
  return ok({
    ofEntry: needs.value.ofEntry,
    ofCheckpoints({ record }) {
      // Of what they are is not known (an old or damaged record): whoever continues them would know.
      if (record === undefined) return 'done';
      const runs = needs.value.ofTrajectory(record);
      if (runs.length === 0) return undefined;
      return runs.some((run) => unfinished.has(run)) ? 'unfinished' : 'done';
    },
  });
}
