/** How long stages that have to run will take, by what the most similar execution took before. */
import type { Cache } from '../cache/cache.ts';
import { growthSince } from '../execute/time-growth.ts';
import { keyManifest } from '../plan/key.ts';
import { nearestEarlier } from '../plan/nearest.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';

/** Of one stage so many are looked up by similarity; for the others of a large sweep the mean of these is near enough. */
const lookedUpAtMost = 12;

interface Known {
  count: number;
  /** Of those that something was found for. */
  found: number;
  sum: number;
}

export class StageTimings {
  readonly #cache: Cache;
  readonly #known = new Map<string, Known>();

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** In seconds; undefined where nothing like it ever ran. `plan`: the trial's; `read`: output digests of what the stage reads, as far as they are there. */
  async of(stage: PlannedStage, plan: Pick<Plan, 'stages'>, read: readonly (string | undefined)[]): Promise<number | undefined> {
    const known = this.#known.get(stage.name) ?? { count: 0, found: 0, sum: 0 };
    this.#known.set(stage.name, known);
    known.count += 1;
    if (known.count > lookedUpAtMost) return known.found === 0 ? undefined : known.sum / known.found;
    const { name, definition: { uses }, from, outside, manifest } = stage;
    const nearest = await nearestEarlier({ name, uses, from, outside }, (record) => {
      // What is not there yet is taken to be what it was then.
      const asBefore = read.map((digest, index) => digest ?? record.manifest.from[index] ?? '');
      return keyManifest(manifest, asBefore);
    }, this.#cache);
    const growth = nearest === undefined ? undefined : await growthSince(nearest.record, stage, plan, this.#cache);
    if (nearest === undefined || growth === undefined) return undefined;
    const seconds = nearest.record.seconds * growth.time;
    known.found += 1;
    known.sum += seconds;
    return seconds;
  }
}
