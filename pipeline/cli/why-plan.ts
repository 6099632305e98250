/** Why each stage of a plan would run, or would not: asked of the same `decide` as `plan` and `run` ask. */
import { join } from 'node:path';
import type { Cache, CacheEntry } from '../cache/cache.ts';
import { whyItRuns } from '../execute/continuation.ts';
import { canonicalJson } from '../plan/canonical-json.ts';
import { decide, nearestByItself, neverRun, type Decision } from '../plan/decide.ts';
import type { Nearest } from '../plan/nearest.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import { readRunRecord, type RunRecord } from '../run-folder/run-record.ts';
import { recordNow } from '../run-folder/run-state.ts';
import type { Makers, StageAnswer } from './why-answer.ts';
import type { SayWithOrigin } from './why-origin.ts';
import { cutOffNotes } from './why-cut-off.ts';
import { behindTexts, damageText, goneText, lastAttemptText, otherUsesText } from './why-words.ts';

export interface WhySurroundings {
  readonly plan: Plan;
  readonly cache: Cache;
  readonly makers: Makers;
  readonly say: SayWithOrigin;
  /** A path as people should read it. */
  shown(path: string): string;
}

type Outputs = ReadonlyMap<string, CacheEntry>;
type RunDecision = Extract<Decision, { readonly kind: 'run' }>;

/** In the plan's order; of a stage all that is known now. */
export async function whyStages(surroundings: WhySurroundings): Promise<readonly StageAnswer[]> {
  const { plan, cache } = surroundings;
  const outputs = new Map<string, CacheEntry>();
  const answers = new Map<string, StageAnswer>();
  const earlier = await recordOfRun(plan, cache.root);
  for (const stage of plan.stages) {
    const decision = await decide(stage, outputs, cache);
    if (decision.kind === 'hit') {
      answers.set(stage.name, await answerOfHit(stage, decision.entry, outputs, surroundings));
      outputs.set(stage.name, decision.entry);
    } else if (decision.kind === 'depends') answers.set(stage.name, await answerOfDependent(stage, decision.on, outputs, answers, surroundings));
    else answers.set(stage.name, await answerOfRun(stage, decision, outputs, earlier, surroundings));
  }
  return [...answers.values()];
}

const named = ({ name, definition }: PlannedStage) => ({ stage: name, uses: definition.uses });

async function answerOfHit(stage: PlannedStage, entry: CacheEntry, outputs: Outputs, { plan, cache, makers }: WhySurroundings): Promise<StageAnswer> {
  const made = await makers.made(entry);
  return { ...named(stage), kind: 'hit', key: entry.key, made, seconds: entry.seconds, notes: await cutOffNotes(stage, entry, outputs, plan, cache) };
}

async function answerOfRun(stage: PlannedStage, decision: RunDecision, outputs: Outputs, earlier: RunRecord | undefined, surroundings: WhySurroundings): Promise<StageAnswer> {
  const { key, nearest, damage } = decision;
  const maker = damage === undefined ? await surroundings.makers.runThatMade(key) : undefined;
  const lost = damage !== undefined ? damageText(damage) : maker !== undefined ? goneText(maker) : undefined;
  const found = lost === undefined ? await notMade(stage, nearest, earlier, surroundings) : [lost];
  const comparison = await compared(stage, nearest, surroundings);
  return {
    ...named(stage), kind: 'run', key,
    // What was there under this very key has no need of a comparison.
    ...(lost === undefined ? comparison : comparison.seconds === undefined ? {} : { seconds: comparison.seconds }),
    notes: [...found, ...(await continuation(stage, outputs, surroundings))],
  };
}

/** What no comparison shows: that it began and did not end, or was something else. */
async function notMade(stage: PlannedStage, nearest: Nearest | undefined, earlier: RunRecord | undefined, { cache }: WhySurroundings): Promise<readonly string[]> {
  const attempt = earlier?.stages[stage.name];
  const [other] = nearest === undefined ? await cache.history.named(stage.name) : [];
  const notes = [
    attempt === undefined ? undefined : lastAttemptText(attempt),
    other === undefined || other.uses === stage.definition.uses ? undefined : otherUsesText(stage, other.uses),
  ].filter((note) => note !== undefined);
  return nearest === undefined && notes.length === 0 ? [`${neverRun}: nothing like it is in the cache`] : notes;
}

async function answerOfDependent(stage: PlannedStage, on: readonly string[], outputs: Outputs, answers: ReadonlyMap<string, StageAnswer>, surroundings: WhySurroundings): Promise<StageAnswer> {
  const nearest = await nearestByItself(stage, outputs, surroundings.cache);
  const outcome = await hasEqual(stage, surroundings.cache)
    ? 'it is cached if what it reads comes out as it was once before'
    : nearest === undefined ? `${neverRun}: nothing like it is in the cache` : 'it runs in any case, whatever it reads';
  return { ...named(stage), kind: 'depends', on, ...(await compared(stage, nearest, surroundings)), notes: [...behindTexts(on, answers), outcome] };
}

/** Whether something that it would only read other inputs than is in the cache: then those decide. */
async function hasEqual({ definition, manifest }: PlannedStage, cache: Cache): Promise<boolean> {
  const own = (whole: PlannedStage['manifest'] | CacheEntry['manifest']): string => {
    const { of: _of, from, ...rest } = whole;
    return canonicalJson({ ...rest, engine: rest.engine && { ...rest.engine }, count: from.length });
  };
  const asked = own(manifest);
  return (await cache.history.of(definition.uses)).some((record) => own(record.manifest) === asked);
}

async function compared(stage: PlannedStage, nearest: Nearest | undefined, { makers, say }: WhySurroundings): Promise<Pick<StageAnswer, 'differences' | 'comparedWith' | 'seconds'>> {
  if (nearest === undefined) return {};
  const { record, differences } = nearest;
  return { differences: differences.map((each) => say(stage, each)), comparedWith: await makers.made(record), seconds: record.seconds };
}

/** Of a stage that keeps checkpoints: from which it continues, or what keeps it from that. */
async function continuation(stage: PlannedStage, outputs: Outputs, { plan, cache, shown }: WhySurroundings): Promise<readonly string[]> {
  const said = await whyItRuns({ stage, reason: neverRun, forced: false, outputs }, { cache, run: plan.runName, shown });
  return said === neverRun ? [] : [said.replace(`${neverRun}; `, '')];
}

/** Of the run that this plan names, where it was begun. */
async function recordOfRun({ runName }: Plan, root: string): Promise<RunRecord | undefined> {
  const read = await readRunRecord(join(runsFolder(root), runName));
  return read.ok && read.value !== undefined ? recordNow(read.value, root) : undefined;
}
