/** The files in the folder of a lease: putting one there, taking it away, and whose they are. See lease.ts for the rules. */
import { mkdirSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './file-failure.ts';
import { livenessOf, parseOwnerName } from './owner.ts';

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

/** What cannot be removed or touched is found dead later. */
export function ignoringFileErrors(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

export interface Others {
  /** The name of a file, other than `own`, whose process lives or may live. Files of dead processes are removed. */
  firstLiving(own?: string): Promise<string | undefined>;
}

/** Whether a process elsewhere lives is told by its file's changes, seen on our own clock: clocks of machines differ. */
export function watchOthers(folder: string, silence: number): Others {
  const seen = new Map<string, { readonly time: bigint; readonly since: number }>();
  async function isSilent(name: string): Promise<boolean> {
    const found = await stat(path.join(folder, name), { bigint: true }).catch(() => undefined);
    if (found === undefined) return true;
    const last = seen.get(name);
    if (last?.time === found.mtimeNs) return performance.now() - last.since > silence;
    seen.set(name, { time: found.mtimeNs, since: performance.now() });
    return false;
  }
  return {
    async firstLiving(own) {
      for (const name of [...(await namesIn(folder))].sort()) {
        const owner = name === own ? undefined : parseOwnerName(name);
        if (owner === undefined) continue;
        const liveness = await livenessOf(owner);
        const lives = liveness === 'elsewhere' ? !(await isSilent(name)) : liveness === 'alive';
        if (lives) return name;
        ignoringFileErrors(() => unlinkSync(path.join(folder, name)));
      }
      return undefined;
    },
  };
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
