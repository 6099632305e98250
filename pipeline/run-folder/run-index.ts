/**
 * What `ls` needs of runs that have ended, together with what stat said of their run.json, so that of ten thousand runs none
 * is read again that has not changed. It is no database: made from the run folders, it may be deleted at any time.
 *
 * A text file, two lines a run: the run, what stat said and its brief record; then its config, which most questions need not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { layoutUnder } from '../cache/layout.ts';
import type { Json } from '../stage.ts';
import type { RunBrief } from './brief-runs.ts';
import { writeAtomic } from './write-atomic.ts';

export interface IndexedRun {
  /** What stat said of its run.json: inode, size and times. */
  readonly stat: string;
  readonly brief: RunBrief;
  /** JSON; empty where the record has none. */
  readonly config: string;
}

/** By the names of the run folders. */
export type RunIndex = ReadonlyMap<string, IndexedRun>;

const heading = 'giverny runs 1';

const indexFile = (root: string): string => join(layoutUnder(root).cache, 'run-index');

export function readRunIndex(root: string): RunIndex {
  const index = new Map<string, IndexedRun>();
  try {
    const [first, ...lines] = readFileSync(indexFile(root), 'utf8').split('\n');
    for (let at = 0; first === heading && at + 1 < lines.length; at += 2) {
      const [run, stat, brief] = JSON.parse(lines[at]!) as readonly [string, string, RunBrief];
      index.set(run, { stat, brief, config: lines[at + 1]! });
    }
    return index;
  } catch {
    return new Map(); // not there, or not ours: it is made again
  }
}

/** Only where there is a cache, for others to look at a project leaves nothing in it. Failures are passed over: it only saves time. */
export async function writeRunIndex(root: string, index: RunIndex): Promise<void> {
  const file = indexFile(root);
  if (!existsSync(dirname(file))) return;
  const lines = [...index].flatMap(([run, { stat, brief, config }]) => [JSON.stringify([run, stat, brief]), config]);
  await writeAtomic(file, [heading, ...lines, ''].join('\n')).catch(() => undefined);
}

export const configText = (config: Json | undefined): string => (config === undefined ? '' : JSON.stringify(config));
