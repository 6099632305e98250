/** Removing a run: all of it or nothing, and never one that somebody works in. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { fileFailure } from '../cache/file-failure.ts';
import { ownerName, self } from '../cache/owner.ts';
import { removeAbandoned } from '../cache/temporary.ts';
import { failed, ok, type Result } from '../failure.ts';
import { sweepsFolder } from '../sweep/sweep-folder.ts';
import { briefRuns, type BriefRun } from './brief-runs.ts';
import { latestName, pointLatestTo, readLatest } from './latest.ts';
import { runsFolder } from './list-runs.ts';
import { takeLock } from './lock.ts';
import { isTrial } from './run-record.ts';

const [beginning, ending] = ['.', '.removed'] as const;

export type RemovedRun = Pick<BriefRun, 'run' | 'folder' | 'record'>;

/**
 * Under the run's lock the folder is renamed, which takes it out of `runs/` at once; then it is deleted. Failures:
 * `run-in-use` where a process works in it, `cache-unwritable`.
 */
export async function removeRun({ run, folder, record }: RemovedRun, root: string, cache: Cache): Promise<Result<void>> {
  const lease = await takeLock({ plan: { runName: run, identity: record.digest }, cache, stop: new AbortController().signal, say: () => undefined }, folder);
  if (!lease.ok) return lease;
  try {
    return await removeFolder(folder, runsFolder(root));
  } finally {
    await lease.value.release();
  }
}

/** `folder` by way of a name in `within`, which is on the same file system, that readers of runs pass over. */
export async function removeFolder(folder: string, within: string): Promise<Result<void>> {
  const away = join(within, `${beginning}${ownerName(await self())}${ending}`);
  try {
    await rename(folder, away);
  } catch (error) {
    return fileFailure(error, folder);
  }
  // What cannot be deleted now is out of the way; the next removal deletes it.
  await rm(away, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  return ok(undefined);
}

/** Deletes what removals that were killed left. */
export async function removeRemoved(root: string): Promise<void> {
  for (const folder of [runsFolder(root), sweepsFolder(root)]) await removeAbandoned(folder, { prefix: beginning, suffix: ending });
}

/**
 * Where `runs/latest` names a run that is gone it is pointed to the newest of those that no sweep began, or removed. Resolves
 * to the run's name where it was changed.
 */
export async function mendLatest(root: string): Promise<{ readonly latest: string | undefined } | undefined> {
  const runs = runsFolder(root);
  const latest = await readLatest(runs);
  if (latest === undefined || existsSync(join(runs, latest))) return undefined;
  const next = (await briefRuns(root)).runs.find(({ record }) => !isTrial(record));
  if (next === undefined) await rm(join(runs, latestName), { force: true });
  else await pointLatestTo(runs, next.run);
  return { latest: next?.run };
}

/** `run-in-use`, said before anything is removed. */
export const runInUse = ({ run }: Pick<BriefRun, 'run'>) => failed('run-in-use', `${run} is running`, { hint: 'Stop it first; what it has done is kept.' });
