/** `--force` starts from nothing, but what it replaces may be weeks of work: the checkpoints that were there are kept beside. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Says that the checkpoints there are those of a forced execution that has not ended well yet. */
export const forcedNote = (checkpoints: string): string => `${checkpoints}.forced`;

/**
 * Takes the checkpoints away before a forced execution. Where an earlier forced one was stopped half way nothing is done,
 * so that the same command continues it. File-system errors are thrown as Node gives them.
 */
export async function setCheckpointsAside(checkpoints: string): Promise<void> {
  if (existsSync(forcedNote(checkpoints))) return;
  if (existsSync(checkpoints)) await rename(checkpoints, freePlace(checkpoints));
  await mkdir(dirname(checkpoints), { recursive: true });
  // Last: should this process die before, the next finds no checkpoints and starts from nothing as well.
  await writeFile(forcedNote(checkpoints), '');
}

/** When the stage has ended well: the next `--force` is a new one. */
export const forgetForced = (checkpoints: string): Promise<void> => rm(forcedNote(checkpoints), { force: true });

/** One that was kept earlier is never replaced. */
function freePlace(checkpoints: string): string {
  for (let count = 1; ; count += 1) {
    const place = `${checkpoints}.before-force${count === 1 ? '' : `-${count}`}`;
    if (!existsSync(place)) return place;
  }
}
