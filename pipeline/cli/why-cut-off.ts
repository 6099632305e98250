/** Early cut-off, said: a stage is cached because what it reads was made anew and came out as it was. */
import type { Cache, CacheEntry } from '../cache/cache.ts';
import type { KeyRecord } from '../cache/key-record.ts';
import { manifestDifferences } from '../plan/manifest-differences.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';
import { sayManifestDifference } from '../plan/reasons.ts';

/** `resize ran again (size 128 → 64) and gave the same output`. Of a stage whose identity did not change: nothing. */
export async function cutOffNotes(stage: PlannedStage, entry: CacheEntry, outputs: ReadonlyMap<string, CacheEntry>, plan: Plan, cache: Cache): Promise<readonly string[]> {
  if (entry.identity === stage.identity) return [];
  const notes: string[] = [];
  for (const name of new Set(stage.from)) {
    const now = outputs.get(name)!;
    const before = await sameOutputsFirst(now, entry, cache);
    if (before !== undefined) notes.push(`${name} ran again (${changesOf(before, now, plan.stages.find((each) => each.name === name)!)}) and gave the same output`);
  }
  return notes;
}

/** What gave these outputs already when the stage that reads them was made. */
async function sameOutputsFirst(now: CacheEntry, reader: CacheEntry, cache: Cache): Promise<KeyRecord | undefined> {
  if (now.created <= reader.created) return undefined;
  return (await cache.history.of(now.uses)).find((record) => record.outputs === now.outputs && record.key !== now.key && record.created <= reader.created);
}

const saidAtMost = 3;

function changesOf(before: KeyRecord, now: KeyRecord, { from }: PlannedStage): string {
  const lines = manifestDifferences(before.manifest, now.manifest, from, new Map()).map(sayManifestDifference);
  const more = lines.length - saidAtMost;
  return lines.slice(0, saidAtMost).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
