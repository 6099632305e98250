/**
 * Whether a stage that has to run starts from nothing: where checkpoints of its trajectory are kept it continues, and where
 * there are only those of a trajectory near to it, it says what keeps it from continuing.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Cache, CacheEntry, TrajectoryRecord } from '../cache/cache.ts';
import type { Where } from '../failure.ts';
import { canonicalJson } from '../plan/canonical-json.ts';
import { damagedOrGone, neverRun, trajectoryOf, type Trajectory } from '../plan/decide.ts';
import { jsonDifferences, sayDifference } from '../plan/json-differences.ts';
import type { TrajectoryManifest } from '../plan/key.ts';
import type { PlannedStage } from '../plan/plan.ts';
import { differences } from '../plan/reasons.ts';
import type { RunRecord } from '../run-folder/run-record.ts';
import { forcedNote } from './set-aside.ts';

export interface WhyItRuns {
  readonly stage: PlannedStage;
  /** As `decide` says it. */
  readonly reason: string;
  /** What it is cached under. */
  readonly key?: string;
  readonly forced: boolean;
  /** The finished stages, by name: all that it reads among them. */
  readonly outputs: ReadonlyMap<string, CacheEntry>;
}

export interface ContinuationSurroundings {
  readonly cache: Cache;
  /** The name of the run that is planned. */
  readonly run: string;
  /** What the run's folder said of it before. */
  readonly earlier?: RunRecord | undefined;
  /** A path as people should read it. */
  shown(path: string): string;
}

/** Why it runs, for `plan` and `run` alike: an execution that was stopped is not one that never ran. */
export async function whyItRuns({ stage, reason: decided, key, forced, outputs }: WhyItRuns, surroundings: ContinuationSurroundings): Promise<string> {
  // The run had it: then nothing was changed, whatever else in the cache it differs from.
  const isGone = !forced && key !== undefined && surroundings.earlier?.stages[stage.name]?.key === key;
  const reason = isGone ? damagedOrGone : decided;
  const trajectory = trajectoryOf(stage, outputs);
  if (trajectory === undefined) return reason;
  const folder = surroundings.cache.checkpoints(trajectory.digest);
  // A forced execution sets what is there aside, unless it is itself what was stopped.
  if (forced && !existsSync(forcedNote(folder))) return reason;
  const found = await startIn(stage, folder);
  if ('from' in found) {
    const other = await ofAnotherRun(trajectory, surroundings);
    const continuation = `continues from ${found.from}${other}`;
    // Of what was stopped itself, it says nothing from what else it differs.
    const itself = reason === neverRun || (other === '' && !forced && reason !== damagedOrGone);
    return itself ? continuation : `${reason}; ${continuation}`;
  }
  const fromTheBeginning = found.beyond === undefined ? await whyNotNear(stage, trajectory, reason, surroundings) : `: the checkpoints that are kept begin with ${found.beyond}, beyond its end`;
  return fromTheBeginning === undefined ? reason : `${reason}; starts from the beginning${fromTheBeginning}`;
}

/** Where a stage would start that finds this folder of checkpoints. */
type Start = { readonly from: string } | { readonly beyond: string | undefined };

async function startIn({ definition, prepared }: PlannedStage, folder: string): Promise<Start> {
  const names = await readdir(folder).catch(() => []);
  const answer = definition.continues === undefined ? names.length > 0 : definition.continues(prepared.params, names);
  if (typeof answer === 'object') return answer;
  return answer ? { from: 'a checkpoint' } : { beyond: undefined };
}

async function ofAnotherRun({ digest }: Trajectory, { cache, run }: ContinuationSurroundings): Promise<string> {
  const record = await cache.trajectories.read(digest);
  return record === undefined || record.run === run ? '' : ` of ${record.run}`;
}

/** More differences than these make another training, of which nobody expects to be continued. */
const nearAtMost = 3;

/** Of the trajectories of this stage, on the same data, from whose checkpoints it could go on, the one that differs least. */
async function whyNotNear(stage: PlannedStage, { manifest }: Trajectory, reason: string, { cache, shown }: ContinuationSurroundings): Promise<string | undefined> {
  if (stage.definition.continues === undefined) return undefined;
  let nearest: { readonly record: TrajectoryRecord; readonly from: string; readonly lines: readonly string[] } | undefined;
  for (const record of await cache.trajectories.of(stage.definition.uses)) {
    if (record.stage !== stage.name || !readsTheSame(record.manifest, manifest)) continue;
    const lines = trajectoryDifferences(record.manifest, manifest, stage, reason, shown);
    if (lines.length === 0 || lines.length > nearAtMost || lines.length >= (nearest?.lines.length ?? Infinity)) continue;
    const start = await startIn(stage, cache.checkpoints(record.trajectory));
    if ('from' in start) nearest = { record, from: start.from, lines };
  }
  if (nearest === undefined) return undefined;
  const { record, from, lines } = nearest;
  return `, not from ${from} of ${record.run}: ${lines.join(', ')} ${lines.length === 1 ? 'changes' : 'change'} the weights`;
}

/** Other data are another training: that needs no saying. */
function readsTheSame(before: TrajectoryManifest, after: TrajectoryManifest): boolean {
  const [earlier, later] = [before, after].map(({ outside, from }) => canonicalJson({ outside, from }));
  return earlier === later;
}

/** What the reason has said already is only named; what is written in the config says where. */
function trajectoryDifferences(
  before: TrajectoryManifest, after: TrajectoryManifest, stage: PlannedStage, reason: string, shown: (path: string) => string,
): readonly string[] {
  const params = jsonDifferences(before.params, after.params).map((difference) => {
    const said = sayDifference(difference);
    const where = stage.writtenAt?.(difference.path);
    return (reason.includes(said) ? difference.path : said) + (where === undefined ? '' : ` (${placeOf(where, shown)})`);
  });
  const others = differences({ ...before, params: after.params }, after, stage.from, new Map());
  return [...params, ...others];
}

const placeOf = ({ file, line, column }: Where, shown: (path: string) => string): string => (line === undefined ? file : `${shown(file)}:${line}:${column ?? 1}`);
