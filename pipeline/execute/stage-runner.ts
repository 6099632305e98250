/**
 * Brings one stage's outputs about: from the cache, from another process that is making them, or by running it.
 * A damaged cached output that is needed is made again by running its producer, once.
 */
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { CacheEntry } from '../cache/cache.ts';
import { fileFailure } from '../cache/file-failure.ts';
import { failed, interrupted, ok, type Result } from '../failure.ts';
import { decide, type Decision } from '../plan/decide.ts';
import type { PlannedStage } from '../plan/plan.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { StageRecord } from '../run-folder/run-record.ts';
import type { StoredFile } from '../stage.ts';
import { attemptStage } from './attempt-stage.ts';
import { whyItRuns } from './continuation.ts';
import { leaseStage, type StageLease } from './lease-stage.ts';
import { succeeded, unsuccessful, type StageOutcome } from './outcome.ts';
import { covers } from './run-folder-places.ts';
import type { RunServices } from './run-services.ts';

type Decided = Exclude<Decision, { readonly kind: 'depends' }>;

export class StageRunner {
  readonly #services: RunServices;
  readonly #outputs = new Map<string, CacheEntry>();
  /** One engine at a time, also where a damaged output is made again, which the schedule knows nothing of. */
  readonly #engine = pLimit(1);
  /** Producers that are being run again because their cached output is damaged. */
  readonly #healing = new Map<string, Promise<Result<void>>>();

  constructor(services: RunServices) {
    this.#services = services;
  }

  /** Resolves when the stage's outputs are in the cache and in the run folder, or with why not. */
  async run(stage: PlannedStage): Promise<StageOutcome> {
    const { reporter, folder, forced } = this.#services;
    const outcome = await this.#obtain(stage, forced.has(stage.name)).catch((error: unknown) => this.#unread(error, stage));
    if (outcome.state === 'skipped') return outcome;
    if ('entry' in outcome) this.#outputs.set(stage.name, outcome.entry);
    folder.setStage(stage.name, await recordOf(stage, outcome, folder));
    reporter.report({
      event: 'stage-ended', stage: stage.name, state: outcome.state, seconds: outcome.seconds,
      ...('failure' in outcome ? { failure: outcome.failure } : {}),
      ...('figures' in outcome && outcome.figures !== undefined ? { figures: outcome.figures } : {}),
    });
    return outcome;
  }

  async #obtain(stage: PlannedStage, forced: boolean): Promise<StageOutcome> {
    const { stop } = this.#services;
    if (stop.aborted) return unsuccessful(interrupted().failure, stage.name, 0);
    const decision = await this.#decide(stage);
    if (decision.kind === 'hit' && !forced) {
      const restored = await this.#intoRunFolder(stage, decision.entry);
      if (!restored.ok) return unsuccessful(restored.failure, stage.name, 0);
      if (restored.value.length === 0) return { state: 'hit', entry: decision.entry, reason: 'cached', seconds: decision.entry.seconds };
      this.#sayDamaged(stage.name, restored.value.length);
    }
    const sound = await this.#ensureInputs(stage);
    if (!sound.ok) return unsuccessful(sound.failure, stage.name, 0);
    return this.#executeAlone(stage, forced);
  }

  /** Under a lease, so that no two processes make the same outputs; the one that waited finds them made. */
  async #executeAlone(stage: PlannedStage, forced: boolean): Promise<StageOutcome> {
    const { key } = await this.#decide(stage);
    const lease = await leaseStage(stage, key, this.#outputs, this.#services);
    if (!lease.ok) return unsuccessful(lease.failure, stage.name, 0);
    try {
      const decision = await this.#decide(stage);
      const made = decision.kind === 'hit' && !forced
        ? { state: 'hit' as const, entry: decision.entry, reason: 'cached', seconds: decision.entry.seconds }
        : await this.#attempt(stage, decision, forced, lease.value);
      if (!('entry' in made)) return made;
      const restored = await this.#intoRunFolder(stage, made.entry);
      if (!restored.ok) return unsuccessful(restored.failure, stage.name, made.seconds);
      return restored.value.length === 0 ? made : unsuccessful(this.#stillDamaged(stage.name), stage.name, made.seconds);
    } finally {
      await lease.value.release();
    }
  }

  /** Who holds the engine waits for nothing else: its inputs are sound and its lease is taken. */
  #attempt(stage: PlannedStage, decision: Decided, forced: boolean, lease: StageLease): Promise<StageOutcome> {
    const { key, manifest } = decision;
    const { cache, plan, folder, stop, shown } = this.#services;
    const attempt = async (): Promise<StageOutcome> => {
      if (stop.aborted) return unsuccessful(interrupted().failure, stage.name, 0);
      const reason = await whyItRuns({ stage, key, reason: decision.kind === 'hit' ? 'forced' : decision.reason, forced, outputs: this.#outputs }, { cache, run: plan.runName, earlier: folder.earlier, shown });
      folder.setStage(stage.name, { state: 'running', uses: stage.definition.uses, reason });
      return attemptStage({ stage, key, manifest, reason, forced, lease, outputs: this.#outputs }, this.#services);
    };
    return stage.definition.engine ? this.#engine(attempt) : attempt();
  }

  async #decide(stage: PlannedStage): Promise<Decided> {
    const decision = await decide(stage, this.#outputs, this.#services.cache);
    if (decision.kind === 'depends') throw new Error(`${stage.name} was to run before ${decision.on.join(', ')}`);
    return decision;
  }

  /** Restores what belongs into the run folder; resolves to the files that are damaged in the cache. */
  async #intoRunFolder(stage: PlannedStage, entry: CacheEntry): Promise<Result<readonly StoredFile[]>> {
    const { cache, folder, places } = this.#services;
    const place = places.get(stage.name)!;
    const isShown = ({ path }: StoredFile) => place.paths.some((each) => covers(each, place.folder + path));
    const shown = entry.files.filter(isShown).map((file) => place.folder + file.path);
    const cleared = await folder.removeOthers(place.paths, shown);
    if (!cleared.ok || shown.length === 0) return cleared.ok ? ok([]) : cleared;
    const restored = await cache.materialise(entry, isShown, join(folder.path, place.folder));
    if (!restored.ok) return restored;
    folder.addFiles(shown);
    return ok(restored.value.damaged);
  }

  /** Digests what the stage will read; a damaged input's producer runs again. */
  async #ensureInputs(stage: PlannedStage): Promise<Result<void>> {
    for (const name of stage.from) {
      const damaged = await this.#services.cache.check(this.#outputs.get(name)!);
      if (damaged.length === 0) continue;
      this.#sayDamaged(name, damaged.length);
      const healed = await this.#heal(name);
      if (!healed.ok) return healed;
    }
    return ok(undefined);
  }

  /** Two stages that find the same damage wait for one repair. */
  #heal(name: string): Promise<Result<void>> {
    const known = this.#healing.get(name);
    if (known !== undefined) return known;
    const healing = this.#runAgain(name).finally(() => this.#healing.delete(name));
    this.#healing.set(name, healing);
    return healing;
  }

  async #runAgain(name: string): Promise<Result<void>> {
    const { plan, cache } = this.#services;
    const outcome = await this.run(plan.stages.find((stage) => stage.name === name)!);
    if ('failure' in outcome) return { ok: false, failure: outcome.failure };
    const stillDamaged = succeeded(outcome) ? await cache.check(this.#outputs.get(name)!) : [];
    return stillDamaged.length === 0 ? ok(undefined) : { ok: false, failure: this.#stillDamaged(name) };
  }

  /** What is in the cache and cannot be read is not damaged, and is not made again. Anything else that is thrown is a bug. */
  #unread(error: unknown, stage: PlannedStage): StageOutcome {
    const place = (error as NodeJS.ErrnoException).path ?? this.#services.cache.folder;
    return unsuccessful(fileFailure(error, place).failure, stage.name, 0);
  }

  #stillDamaged = (name: string) =>
    failed('cache-damaged', `the cached output of ${name} was made again and is damaged again`, { hint: 'Check the disk, or choose another with --root.' }).failure;

  #sayDamaged(name: string, files: number): void {
    const line = `${files === 1 ? 'a cached file' : `${files} cached files`} of ${name} ${files === 1 ? 'is' : 'are'} damaged or gone and set aside; ${name} runs again`;
    this.#services.reporter.report({ event: 'stage-warning', stage: name, line });
  }
}

type Ended = Exclude<StageOutcome, { readonly state: 'skipped' }>;

async function recordOf({ name, definition }: PlannedStage, outcome: Ended, folder: RunFolder): Promise<StageRecord> {
  const uses = definition.uses;
  if ('failure' in outcome) return { state: outcome.state, uses, seconds: outcome.seconds, failure: outcome.failure };
  const { key, outputs } = outcome.entry;
  // Records of older giverny do not say it: then the runs are asked.
  const said = outcome.figures ?? outcome.entry.figures ?? await folder.figuresBefore(name, key);
  const figures = said === undefined || Object.keys(said).length === 0 ? undefined : said;
  return {
    state: outcome.state, uses, key, outputs, seconds: outcome.seconds, reason: outcome.reason,
    ...(figures === undefined ? {} : { figures }),
  };
}
