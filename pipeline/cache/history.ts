/** What was made before: the records of all keys, for `why`, and for how long a stage took last time. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readKeyRecord } from './key-record.ts';
import type { KeyRecord } from './key-record.ts';
import { keyPath } from './layout.ts';
import type { Layout } from './layout.ts';

export interface History {
  /** The sound records of stages that use `uses`, newest first. */
  of(uses: string): Promise<readonly KeyRecord[]>;
  /** Of stages of this name, whatever they use, newest first. */
  named(stage: string): Promise<readonly KeyRecord[]>;
}

/** Each record is read once; new ones are found at every call. */
export function openHistory(layout: Layout): History {
  const read = new Map<string, KeyRecord | undefined>();
  const those = async (isMeant: (record: KeyRecord) => boolean): Promise<readonly KeyRecord[]> => {
    for (const name of await readdir(layout.keys).catch(() => [])) {
      const key = path.basename(name, '.json');
      if (!read.has(key)) read.set(key, await readRecord(layout, key));
    }
    return [...read.values()].flatMap((record) => (record !== undefined && isMeant(record) ? [record] : [])).sort(newestFirst);
  };
  return {
    of: (uses) => those((record) => record.uses === uses),
    named: (stage) => those((record) => record.stage === stage),
  };
}

async function readRecord(layout: Layout, key: string): Promise<KeyRecord | undefined> {
  const text = await readFile(keyPath(layout, key), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : readKeyRecord(text, key);
}

function newestFirst(left: KeyRecord, right: KeyRecord): number {
  if (left.created !== right.created) return left.created < right.created ? 1 : -1;
  return left.key < right.key ? 1 : -1;
}
