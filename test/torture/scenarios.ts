/** The states in which a run is tortured, and what is done to it besides single deaths and errors. */
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scenario } from './inject-each.ts';
import type { Order, Role, Step } from './injection.ts';
import { copyProject, dataWorkload, runArguments, runCommand, trainWorkload } from './project.ts';

/** Nothing there: storing, creating the run folder, finishing. */
export const coldScenario = async (files: number): Promise<Scenario> => ({ name: 'nothing there', prepared: await dataWorkload(files), roles: ['runner'] });

/** As {@link coldScenario}, with the cache on another file system than the work folders; undefined where there is none. */
export function elsewhereScenario(cold: Scenario): Scenario | undefined {
  const memory = '/dev/shm';
  if (!existsSync(memory) || statSync(memory).dev === statSync(tmpdir()).dev) return undefined;
  return { ...cold, name: 'cache on another file system', elsewhere: memory };
}

/** The project, after a run that ended well. */
async function finished(project: string): Promise<string> {
  const root = copyProject(project);
  const { code, stderr } = await runCommand(root, runArguments);
  if (code !== 0) throw new Error(`it does not run: ${stderr}`);
  return root;
}

/** An object has a flipped bit, and the key of who reads it is gone: it is found, set aside and made again. */
export async function damagedScenario(cold: Scenario): Promise<Scenario> {
  return { name: 'a damaged object', prepared: await finished(cold.prepared), roles: ['runner'], mayQuarantine: true, change: damage };
}

function damage(root: string): void {
  const cache = join(root, '.giverny/cache');
  for (const name of readdirSync(join(cache, 'keys'))) {
    const { stage } = JSON.parse(readFileSync(join(cache, 'keys', name), 'utf8')) as { readonly stage: string };
    if (stage === 'sum') rmSync(join(cache, 'keys', name));
  }
  for (const path of readdirSync(join(cache, 'objects'), { recursive: true, encoding: 'utf8' })) {
    const file = join(cache, 'objects', path);
    if (!statSync(file).isFile() || readFileSync(file, 'utf8') !== 'file 3\n') continue;
    chmodSync(file, 0o644);
    writeFileSync(file, 'file 4\n');
  }
}

/** The real training, in its own process, from nothing. */
export const trainingScenario = (): Scenario => ({ name: 'training', prepared: trainWorkload(), roles: ['stage', 'runner'] });

/** A finished training whose run folder is gone: everything is restored from the cache. */
export async function restoreScenario(training: Scenario): Promise<Scenario> {
  const prepared = await finished(training.prepared);
  rmSync(join(prepared, 'runs'), { recursive: true });
  return { name: 'restoring', prepared, roles: ['runner'] };
}

/** A clock that jumps back, the cache deleted half way, a cache that cannot be written, a stage's process killed alone: each at about `count` steps. */
export function conditionsAt(steps: readonly Step[], role: Role, count: number): readonly Order[] {
  const changes = steps.filter(({ at }) => at.startsWith('c'));
  const spread = <T>(items: readonly T[], by: number): readonly T[] => items.filter((_, index) => (index + by) % Math.max(1, Math.ceil(items.length / count)) === 0);
  const hour = 3_600_000;
  return [
    ...spread(changes, 1).map(({ at }): Order => ({ role, at, do: 'delete-cache' })),
    ...spread(changes, 2).map(({ at }): Order => ({ role, at, do: 'clock-back', milliseconds: hour })),
    ...spread(changes, 3).map(({ at }): Order => ({ role, at, do: 'EROFS', below: '.giverny/cache' })),
    ...(role === 'stage' ? spread(changes, 4).map(({ at }): Order => ({ role, at, do: 'kill-before', alone: true })) : []),
    { role, at: 'start', do: 'clock-back', milliseconds: 24 * hour },
    { role, at: 'c1', do: 'EROFS', below: '.giverny/cache' },
  ];
}
