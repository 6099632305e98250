/** A finished stage in the cache. */
import type { StageInput, StoredFile } from '../stage.ts';
import { byPath } from '../plan/digest.ts';
import type { ListedFile } from '../plan/digest.ts';
import type { KeyRecord } from './key-record.ts';
import { objectPath } from './layout.ts';
import type { Layout } from './layout.ts';

/** A key's record with its files, sorted by path. */
export interface CacheEntry extends KeyRecord {
  readonly files: readonly StoredFile[];
}

export function makeEntry(record: KeyRecord, reproducible: readonly ListedFile[]): CacheEntry {
  const files: StoredFile[] = [
    ...reproducible.map(({ path, bytes, digest }) => ({ path, bytes, digest, kind: 'reproducible' as const })),
    ...record.records.map(({ path, bytes, digest }) => ({ path, bytes, digest, kind: 'record' as const })),
  ];
  return { ...record, files: files.sort(byPath) };
}

/**
 * What a stage that reads this entry is given: its reproducible files, for records are in no digest, so that nothing
 * may depend on them. `locate` of a path that is not among these is a bug, and throws.
 */
export function makeInput(layout: Layout, entry: CacheEntry, stage: string): StageInput {
  let digests: ReadonlyMap<string, string> | undefined;
  const files = entry.files.filter((file) => file.kind === 'reproducible');
  return {
    stage,
    uses: entry.uses,
    files,
    locate(path) {
      digests ??= new Map(files.map((file) => [file.path, file.digest]));
      const digest = digests.get(path);
      if (digest === undefined) throw new Error(`${stage} has no output ${path}`);
      return objectPath(layout, digest);
    },
  };
}
