/** Why a run ran its stages: what its record says, and what the cache still knows of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCache, type Cache } from '../cache/cache.ts';
import type { KeyRecord } from '../cache/key-record.ts';
import { ok, type Result } from '../failure.ts';
import { reasonFrom } from '../plan/decide.ts';
import { nearestEarlier, type Nearest } from '../plan/nearest.ts';
import { sayManifestDifference } from '../plan/reasons.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';
import type { StageRecord } from '../run-folder/run-record.ts';
import { Makers, type StageAnswer } from './why-answer.ts';

/** One for each stage, in the run's order. `root`: the folder whose runs/ it lies in. Failure: `cache-unwritable`. */
export async function whyRun(run: ListedRun, root: string): Promise<Result<readonly StageAnswer[]>> {
  const cache = await openCache(root);
  if (!cache.ok) return cache;
  const [starts, reads, makers] = [await startsOf(run.folder), await readsOf(run.folder), new Makers(root)];
  const answers: StageAnswer[] = [];
  for (const [name, stage] of Object.entries(run.record.stages)) {
    answers.push(await answerOf({ run, name, stage, start: starts.get(name), from: reads.get(name) ?? [] }, cache.value, makers));
  }
  return ok(answers);
}

interface StageOfRun {
  readonly run: ListedRun;
  readonly name: string;
  readonly stage: StageRecord;
  /** Its last execution in this run; none where it was always cached. */
  readonly start: Start | undefined;
  readonly from: readonly string[];
}

interface Start {
  readonly time: string;
  readonly reason: string;
}

async function answerOf(asked: StageOfRun, cache: Cache, makers: Makers): Promise<StageAnswer> {
  const { name, stage, start } = asked;
  const record = stage.key === undefined ? undefined : (await cache.history.of(stage.uses)).find(({ key }) => key === stage.key);
  const reason = start?.reason ?? (stage.state === 'hit' ? undefined : stage.reason);
  const kind = stage.state === 'hit' && start !== undefined && record !== undefined && record.created >= start.time ? 'done' : stage.state;
  const nearest = reason === undefined || kind === 'hit' ? undefined : await comparedThen(asked, reason, record, cache);
  const differences = nearest?.differences.map((each) => ({ ...each, text: sayManifestDifference(each) }));
  return {
    stage: name, uses: stage.uses, kind,
    ...(stage.key === undefined ? {} : { key: stage.key }),
    ...(stage.seconds === undefined ? {} : { seconds: stage.seconds }),
    ...(differences === undefined ? {} : { differences, comparedWith: await makers.made(nearest!.record) }),
    ...(kind === 'hit' && record !== undefined ? { made: await makers.made(record) } : {}),
    notes: [
      ...(reason === undefined || kind === 'hit' ? [] : [restOf(reason, nearest)]),
      ...(stage.failure === undefined ? [] : [stage.failure.message]),
      ...(stage.key !== undefined && record === undefined ? ['what it made is no longer in the cache'] : []),
    ].filter((note) => note !== ''),
  };
}

/**
 * The comparison of the time: with what was in the cache when it started. It is made anew, since the record says only the
 * first few differences, and is left away where it does not begin as the record does (much of the cache is gone, say).
 */
async function comparedThen({ name, from, stage }: StageOfRun, reason: string, record: KeyRecord | undefined, cache: Cache): Promise<Nearest | undefined> {
  if (record === undefined) return undefined;
  const started = new Date(Date.parse(record.created) - record.seconds * 1000).toISOString();
  const nearest = await nearestEarlier({ name, uses: stage.uses, from }, record.manifest, cache, (each) => each.key !== record.key && each.created <= started);
  return nearest !== undefined && nearest.differences.length > 0 && reason.startsWith(reasonFrom(nearest)) ? nearest : undefined;
}

/** Of a recorded reason what the differences do not say: `continues from iteration 36`. */
const restOf = (reason: string, nearest: Nearest | undefined): string => (nearest === undefined ? reason : reason.slice(reasonFrom(nearest).length).replace(/^; /, ''));

/** The last start of each stage, from events.jsonl. */
async function startsOf(folder: string): Promise<ReadonlyMap<string, Start>> {
  const text = await readFile(join(folder, 'events.jsonl'), 'utf8').catch(() => '');
  const starts = new Map<string, Start>();
  for (const line of text.split('\n')) {
    if (!line.includes('"stage-started"')) continue;
    const { event, stage, time, reason } = (parsed(line) ?? {}) as Readonly<Record<string, unknown>>;
    if (event === 'stage-started' && typeof stage === 'string' && typeof time === 'string' && typeof reason === 'string') starts.set(stage, { time, reason });
  }
  return starts;
}

/** Whom each stage reads, from plan.json. */
async function readsOf(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const plan = parsed(await readFile(join(folder, 'plan.json'), 'utf8').catch(() => '')) as { readonly stages?: readonly { readonly name: string; readonly from: readonly string[] }[] } | undefined;
  return new Map((plan?.stages ?? []).map(({ name, from }) => [name, from]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
