/** The files in the folder of a lease: putting one there, taking it away, and whose they are. See lease.ts for the rules. */
import { mkdirSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './file-failure.ts';
import { layoutUnder } from './layout.ts';
import { livenessOf, parseOwnerName } from './owner.ts';
import type { Owner } from './owner.ts';
import { namesThere, removeAbandoned } from './temporary.ts';

/** For people: who has it. */
export interface LeaseHolder {
  readonly pid: number;
  readonly host: string;
  readonly stage: string;
}

/** The folder may vanish between making and using it, when its last holder leaves. */
export function announce(folder: string, name: string, content: string): void {
  for (let tries = 0; ; tries += 1) {
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, name), content, { flag: 'wx' });
      return;
    } catch (error) {
      if (errorCode(error) === 'ENOENT' && tries < 100) continue;
      rmSync(path.join(folder, name), { force: true });
      throw error;
    }
  }
}

export function withdraw(folder: string, names: readonly string[]): void {
  for (const name of names) ignoringFileErrors(() => unlinkSync(path.join(folder, name)));
  ignoringFileErrors(() => rmdirSync(folder)); // only if nobody else is in it
}

/** Removes the files of dead processes from the folders of all leases: of a stage that is done by now nobody asks for the lease again. */
export async function removeAbandonedLeases(leases: string): Promise<void> {
  for (const key of namesThere(leases)) {
    const folder = path.join(leases, key);
    await removeAbandoned(folder, { onlyHere: true });
    ignoringFileErrors(() => rmdirSync(folder)); // only where nobody is in it
  }
}

/** What cannot be removed or touched is found dead later. */
export function ignoringFileErrors(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

export interface Other {
  readonly name: string;
  /** False: it is elsewhere, and its heartbeat has not been seen yet. It may be long gone. */
  readonly lives: boolean;
}

export interface Others {
  /** A file, other than `own`, whose process lives or may live. Files of dead processes are removed. */
  firstLiving(own?: string): Promise<Other | undefined>;
}

interface Seen {
  readonly sign: number;
  /** On this process's clock. */
  readonly since: number;
  readonly beats: boolean;
}

/** Milliseconds. A heartbeat comes every ten seconds. */
const defaultSilence = 120_000;

/** Whether a process elsewhere lives is told by its file's changes, seen on our own clock: clocks of machines differ. */
export function watchOthers(folder: string, silence = defaultSilence): Others {
  const seen = new Map<string, Seen>();
  function look(name: string, sign: number): Seen {
    const last = seen.get(name);
    if (last?.sign === sign) return last;
    const now = { sign, since: performance.now(), beats: last !== undefined };
    seen.set(name, now);
    return now;
  }
  async function otherOf(name: string, owner: Owner): Promise<Other | undefined> {
    const sign = await lastSign(path.join(folder, name));
    if (sign === undefined) return undefined; // it has just left
    const liveness = await livenessOf(owner, sign);
    if (liveness !== 'elsewhere') return liveness === 'alive' ? { name, lives: true } : undefined;
    const { since, beats } = look(name, sign);
    return performance.now() - since > silence ? undefined : { name, lives: beats };
  }
  return {
    async firstLiving(own) {
      for (const name of [...(await namesIn(folder))].sort()) {
        const owner = name === own ? undefined : parseOwnerName(name);
        if (owner === undefined) continue;
        const other = await otherOf(name, owner);
        if (other !== undefined) return other;
        ignoringFileErrors(() => unlinkSync(path.join(folder, name)));
      }
      return undefined;
    },
  };
}

/** When the file was last touched, in milliseconds since 1970; undefined if it is gone. */
async function lastSign(file: string): Promise<number | undefined> {
  return stat(file).then(({ mtimeMs }) => mtimeMs, () => undefined);
}

/**
 * When the holder of a lease last gave a sign of life (it does every few seconds), in milliseconds since 1970 by its own
 * clock; undefined where nobody holds it.
 */
export async function lastHeartbeat(root: string, key: string): Promise<number | undefined> {
  const folder = path.join(layoutUnder(root).leases, key);
  const signs = await Promise.all((await namesIn(folder)).map((name) => lastSign(path.join(folder, name))));
  return signs.reduce((latest, sign) => (latest === undefined || (sign !== undefined && sign > latest) ? sign : latest), undefined);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

export async function describeHolder(file: string): Promise<LeaseHolder> {
  const owner = parseOwnerName(path.basename(file));
  const fallback = { pid: owner?.pid ?? 0, host: 'an unknown machine', stage: 'a stage' };
  try {
    return { ...fallback, ...(JSON.parse(await readFile(file, 'utf8')) as Partial<LeaseHolder>) };
  } catch {
    return fallback; // it has just come or gone
  }
}
