/** A cache in which everything is made anew but what some stages made: those are read where a run has left them. */
import type { Cache } from '../cache/cache.ts';

/**
 * Writes only into `fresh`. `taken`: keys that are looked for in `kept` as well, after their digests were checked there;
 * a damaged one counts as absent, and is made anew.
 */
export function hybridCache(fresh: Cache, kept: Cache, taken: ReadonlySet<string>): Cache {
  const ofKept = new Set<string>();
  const place = (key: string): Cache => (ofKept.has(key) ? kept : fresh);
  return {
    ...fresh,
    async find(key) {
      const made = await fresh.find(key);
      if (made.state === 'present' || !taken.has(key)) return made;
      const found = await kept.find(key);
      if (found.state !== 'present') return { state: 'absent' };
      if (!ofKept.has(key) && (await kept.check(found.entry)).length > 0) return { state: 'absent' };
      ofKept.add(key);
      return found;
    },
    check: (entry, filter) => place(entry.key).check(entry, filter),
    input: (entry, stage) => place(entry.key).input(entry, stage),
    materialise: (entry, filter, folder) => place(entry.key).materialise(entry, filter, folder),
  };
}
