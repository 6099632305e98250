/** What a run recorded of a stage's outputs, from the cache and, where that no longer has it, from the run folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { layoutUnder, objectPath } from '../cache/layout.ts';
import { digestFile } from '../plan/digest.ts';
import type { StageFiles } from './compare.ts';

/** Undefined where the list of the files is no longer kept: then only the digest of all of them is known. */
export async function recordedFiles(outputs: string, cache: Cache, runFolder: string, place: string): Promise<StageFiles | undefined> {
  const files = await cache.listing(outputs);
  if (files === undefined) return undefined;
  const digests = new Map(files.map(({ path, digest }) => [path, digest]));
  const layout = layoutUnder(cache.root);
  return {
    files,
    /** Only a file that still is what was recorded can be compared. */
    async locate(path) {
      const digest = digests.get(path)!;
      for (const file of [objectPath(layout, digest), join(runFolder, place, path)]) {
        if (existsSync(file) && (await digestFile(file).catch(() => undefined)) === digest) return file;
      }
      return undefined;
    },
  };
}
