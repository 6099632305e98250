/** The folder of one attempt at a stage. */
import { mkdir, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { ok } from '../failure.ts';
import type { Result } from '../failure.ts';
import { fileFailure } from './file-failure.ts';
import type { Layout } from './layout.ts';
import { ownerName, self } from './owner.ts';
import { touchEvery } from './temporary.ts';

export interface Attempt {
  /** Unique; says which process made the attempt, so that a dead one's folder can be removed. */
  readonly id: string;
  readonly stage: string;
  readonly folder: string;
  /** Empty: what the stage writes here becomes its outputs. */
  readonly out: string;
  /** Empty: for the stage's temporary files. */
  readonly scratch: string;
  /** Removes the folder with all that is left in it. */
  remove(): Promise<void>;
}

/** Failures: `cache-full`, `cache-unwritable`. */
export async function beginAttempt(layout: Layout, stage: string): Promise<Result<Attempt>> {
  const id = ownerName(await self());
  const folder = path.join(layout.work, id);
  const out = path.join(folder, 'out');
  const scratch = path.join(folder, 'scratch');
  try {
    await mkdir(out, { recursive: true });
    await mkdir(scratch);
  } catch (error) {
    return fileFailure(error, folder);
  }
  const stopTouching = keepTouching(folder);
  return ok({
    id, stage, folder, out, scratch,
    remove() {
      stopTouching();
      return rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  });
}

/** So that a process on another machine, which cannot see this one, knows that the folder is in use. */
function keepTouching(folder: string): () => void {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(folder, now, now).catch(() => undefined);
  }, touchEvery);
  timer.unref();
  return () => clearInterval(timer);
}
