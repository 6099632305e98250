/** Files on their way to their place. What a dead process left is removed when another starts to write. */
import { readdirSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { livenessOf, ownerName, parseOwnerName, self } from './owner.ts';
import type { Owner } from './owner.ts';

/** A path in `folder`, which is made, that nobody else uses and that dies with this process. */
export async function temporaryPath(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return path.join(folder, ownerName(await self()));
}

export interface Abandoned {
  /** Around the owner's name, in the names of the files that are meant. */
  readonly prefix?: string;
  readonly suffix?: string;
  /** Only what dead processes of this machine own: of one elsewhere a day of silence is no proof where clocks may differ. */
  readonly onlyHere?: boolean;
}

/** Removes what dead processes own in `folder`: files and folders named for them. What cannot be removed stays. */
export async function removeAbandoned(folder: string, { prefix = '', suffix = '', onlyHere = false }: Abandoned = {}): Promise<void> {
  for (const name of namesThere(folder)) {
    const isMeant = name.startsWith(prefix) && name.endsWith(suffix);
    const owner = isMeant ? parseOwnerName(name.slice(prefix.length, name.length - suffix.length)) : undefined;
    const file = path.join(folder, name);
    if (owner === undefined || !(await isAbandoned(file, owner, onlyHere))) continue;
    await rm(file, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** At once: see turn.ts. Empty where the folder cannot be read. */
export function namesThere(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What lives is touched at least this often, where it lasts: see attempt.ts. */
export const touchEvery = 10 * 60_000;
const silentFor = 24 * 60 * 60_000;

/** Its process is dead for certain, or was elsewhere and has not touched it for a day. */
async function isAbandoned(file: string, owner: Owner, onlyHere: boolean): Promise<boolean> {
  const touched = await stat(file).then(({ mtimeMs }) => mtimeMs, () => undefined);
  const liveness = await livenessOf(owner, touched);
  return liveness === 'dead' || (!onlyHere && liveness === 'elsewhere' && touched !== undefined && Date.now() - touched > silentFor);
}
