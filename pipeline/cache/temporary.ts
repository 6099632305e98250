/** Files on their way to their place. What a dead process left is removed when another starts to write. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { livenessOf, ownerName, parseOwnerName, self } from './owner.ts';

/** A path in `folder`, which is made, that nobody else uses and that dies with this process. */
export async function temporaryPath(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return path.join(folder, ownerName(await self()));
}

/** Removes what dead processes of this machine own in `folder`. What cannot be removed stays. */
export async function removeDead(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const owner = parseOwnerName(name);
    if (owner === undefined || (await livenessOf(owner)) !== 'dead') continue;
    await rm(path.join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
