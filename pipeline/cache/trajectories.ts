/**
 * What the checkpoints in the cache are of: `checkpoints/<trajectory>.json` beside each folder, so that a stage that
 * starts from the beginning can say what keeps it from continuing.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ok } from '../failure.ts';
import type { Result } from '../failure.ts';
import { isDigest } from '../plan/digest.ts';
import type { TrajectoryManifest } from '../plan/key.ts';
import { digestManifest } from '../plan/manifest.ts';
import { fileFailure } from './file-failure.ts';
import type { Layout } from './layout.ts';
import { writeWhole } from './objects.ts';

const recordSchema = 1;

export interface TrajectoryRecord {
  /** Its digest: the name of the folder of checkpoints. */
  readonly trajectory: string;
  readonly manifest: TrajectoryManifest;
  /** The stage's name in the config, and the run in which it last trained there. */
  readonly stage: string;
  readonly run: string;
  /** ISO 8601: when that execution began. */
  readonly started: string;
}

export interface Trajectories {
  /** Undefined where nothing is known of it. */
  read(trajectory: string): Promise<TrajectoryRecord | undefined>;
  /** Those of stages that use `uses`, the last started first. */
  of(uses: string): Promise<readonly TrajectoryRecord[]>;
  /** Failures: `cache-full`, `cache-unwritable`. */
  write(record: TrajectoryRecord): Promise<Result<void>>;
}

const ending = '.json';

/** For `of` each record is read once, which a sweep of a thousand trainings needs; only a training changes one, and says so here. */
export function openTrajectories(layout: Layout): Trajectories {
  const known = new Map<string, TrajectoryRecord | undefined>();
  const place = (trajectory: string): string => path.join(layout.checkpoints, trajectory + ending);
  const read = async (trajectory: string): Promise<TrajectoryRecord | undefined> => {
    const text = await readFile(place(trajectory), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : readRecord(text, trajectory);
  };
  return {
    read,
    async of(uses) {
      const names = (await readdir(layout.checkpoints).catch(() => [])).filter((name) => name.endsWith(ending)).map((name) => path.basename(name, ending));
      for (const name of names.filter((each) => isDigest(each) && !known.has(each))) known.set(name, await read(name));
      return [...known.values()].filter((record) => record?.manifest.uses === uses).map((record) => record!).sort((left, right) => (left.started < right.started ? 1 : -1));
    },
    async write(record) {
      try {
        await writeWhole(layout, place(record.trajectory), `${JSON.stringify({ schema: recordSchema, ...record }, undefined, 1)}\n`);
        known.set(record.trajectory, record);
        return ok(undefined);
      } catch (error) {
        return fileFailure(error, layout.checkpoints);
      }
    },
  };
}

/** Undefined where the text is damaged or of a form that this version does not know: then less can be said, and nothing else. */
function readRecord(text: string, trajectory: string): TrajectoryRecord | undefined {
  try {
    const { schema, ...record } = JSON.parse(text) as TrajectoryRecord & { readonly schema: number };
    const isSound = schema === recordSchema && digestManifest(record.manifest) === trajectory && typeof record.run === 'string';
    return isSound ? record : undefined;
  } catch {
    return undefined;
  }
}
