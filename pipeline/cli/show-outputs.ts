/** `giverny show RUN STAGE`: the files that a stage of a run made, and where the cache keeps them. */
import { resolve } from 'node:path';
import { openCache } from '../cache/cache.ts';
import { layoutUnder, objectPath } from '../cache/layout.ts';
import { didYouMean } from '../config/nearest-name.ts';
import { failed, ok, type Result } from '../failure.ts';
import { bytesText } from '../progress/words.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';
import type { StoredFile } from '../stage.ts';
import { table } from './table.ts';

/** `location`: the absolute path of the read-only file that holds it. */
export type StageOutput = StoredFile & { readonly location: string };

/** Sorted by path. Fails with `unknown-stage`, `run-not-found` where the stage has not ended well, or `cache-damaged`. */
export async function stageOutputs({ run, folder, record }: ListedRun, stage: string): Promise<Result<readonly StageOutput[]>> {
  const known = Object.keys(record.stages);
  const made = Object.hasOwn(record.stages, stage) ? record.stages[stage] : undefined;
  if (made === undefined) {
    const hint = didYouMean(stage, known);
    return failed('unknown-stage', `${run} has no stage ${stage}`, { expected: `one of ${known.join(', ')}`, ...(hint === undefined ? {} : { hint }) });
  }
  if (made.key === undefined) return failed('run-not-found', `${stage} has no outputs yet in ${run}: it is ${made.state}`, { hint: record.command.join(' ') });
  const root = resolve(folder, '../..');
  const cache = await openCache(root);
  if (!cache.ok) return cache;
  const found = await cache.value.find(made.key);
  if (found.state !== 'present') return failed('cache-damaged', `the outputs of ${stage} are no longer in the cache`, { hint: `${record.command.join(' ')} makes them again` });
  const layout = layoutUnder(root);
  return ok(found.entry.files.map((file) => ({ ...file, location: objectPath(layout, file.digest) })));
}

export const outputTable = (outputs: readonly StageOutput[]): string =>
  table(outputs.map(({ path, bytes, location }) => [path, bytesText(bytes), location]), ['file', 'size', 'in the cache, read-only']);
