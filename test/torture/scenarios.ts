/** The states in which a run is tortured, and what is done to it besides single deaths and errors. */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestText } from '../../pipeline/plan/digest.ts';
import { wellEnded, type Scenario } from './inject-each.ts';
import type { Order, Role, Step } from './injection.ts';
import { config, copyProject, dataWorkload, filesBelow, runArguments, runCommand, trainWorkload, type RunCommand } from './project.ts';

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

/** Two runs that need some of what is there, and outputs that nobody needs: `cache gc` removes these alone, and nobody has to run again. */
export async function collectScenario(cold: Scenario): Promise<Scenario> {
  const prepared = await finished(cold.prepared);
  const change = ['run', config, '-j', '1', 'stages.resize.size=9'];
  const { code, stderr } = await runCommand(prepared, change);
  if (code !== 0) throw new Error(`it does not run: ${stderr}`);
  for (const name of readdirSync(join(prepared, 'runs'))) {
    const file = join(prepared, 'runs', name, 'config.yaml');
    if (name !== 'latest' && readFileSync(file, 'utf8').includes('[9, 9]')) rmSync(join(prepared, 'runs', name), { recursive: true });
  }
  rmSync(join(prepared, 'runs/latest'));
  // An object that no key names.
  const nobodys = digestText('nobody');
  mkdirSync(join(prepared, '.giverny/cache/objects', nobodys.slice(0, 2)), { recursive: true });
  writeFileSync(join(prepared, '.giverny/cache/objects', nobodys.slice(0, 2), nobodys), 'nobody', { mode: 0o444 });
  const collect = ['cache', 'gc'];
  const expectedKeys = keysIn(prepared) - 1;
  return {
    name: 'collecting', prepared, roles: ['runner'], command: collect,
    async heal(root, run) {
      const lost = await hasNothingToDo(root, run);
      return lost ?? await wellEnded(root, collect, run) ?? await hasNothingToDo(root, run) ?? (keysIn(root) === expectedKeys ? undefined : `${keysIn(root)} keys are left`);
    },
  };
}

const keysIn = (root: string): number => readdirSync(join(root, '.giverny/cache/keys')).length;

/** That a run finds every stage done, and says so. */
async function hasNothingToDo(root: string, run: RunCommand): Promise<string | undefined> {
  const { code, stderr } = await run(root, runArguments);
  return code === 0 && stderr.startsWith('nothing to do') ? undefined : `the next run had something to do (${code}):\n${stderr}`;
}

/** That a run takes everything from the cache. */
async function takesAll(root: string, run: RunCommand): Promise<string | undefined> {
  const { code, stderr } = await run(root, runArguments);
  return code === 0 && !stderr.includes('running') ? undefined : `not all was taken from the cache (${code}):\n${stderr}`;
}

const push = ['cache', 'push', 'shared'];
const pull = ['cache', 'pull', 'shared'];
const remove = (root: string, ...names: readonly string[]): void => names.forEach((name) => rmSync(join(root, name), { recursive: true, force: true, maxRetries: 5 }));

/** What an interrupted push leaves can be pulled and used; pushed again, it is all there. */
export async function pushScenario(cold: Scenario): Promise<Scenario> {
  return {
    name: 'pushing', prepared: await finished(cold.prepared), roles: ['runner'], command: push,
    async heal(root, run) {
      const [own, aside] = [join(root, '.giverny'), join(root, '.giverny-aside')];
      cpSync(own, aside, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      remove(root, '.giverny', 'runs');
      const isPushed = existsSync(join(root, 'shared/keys'));
      const problem = (isPushed ? await wellEnded(root, pull, run) : undefined) ?? await wellEnded(root, runArguments, run) ?? damagedIn(root);
      remove(root, '.giverny', 'runs');
      renameSync(aside, own);
      if (problem !== undefined) return problem;
      const again = await wellEnded(root, push, run);
      remove(root, '.giverny');
      return again ?? await wellEnded(root, pull, run) ?? await takesAll(root, run) ?? leftIn(root);
    },
  };
}

/** A pull that is interrupted, into an empty cache. */
export async function pullScenario(cold: Scenario): Promise<Scenario> {
  const prepared = await finished(cold.prepared);
  const { code, stderr } = await runCommand(prepared, push);
  if (code !== 0) throw new Error(`it does not push: ${stderr}`);
  remove(prepared, '.giverny', 'runs');
  return {
    name: 'pulling', prepared, roles: ['runner'], command: pull,
    heal: async (root, run) => await wellEnded(root, pull, run) ?? await takesAll(root, run) ?? leftIn(root),
  };
}

/** A folder of damaged things would be there if anything had been set aside. */
const damagedIn = (root: string): string | undefined => (existsSync(join(root, '.giverny/cache/quarantine')) ? 'what was pulled was damaged' : undefined);

function leftIn(root: string): string | undefined {
  const left = filesBelow(join(root, 'shared/tmp'));
  const others = readdirSync(join(root, 'shared')).filter((name) => !['keys', 'objects', 'tmp'].includes(name));
  return left.length + others.length === 0 ? undefined : `in the shared folder is left ${[...left, ...others].join(', ')}`;
}

/** The real training, in its own process, from nothing. */
export const trainingScenario = (): Scenario => ({ name: 'training', prepared: trainWorkload(), roles: ['stage', 'runner'] });

/** A finished training whose run folder is gone: everything is restored from the cache. */
export async function restoreScenario(training: Scenario): Promise<Scenario> {
  const prepared = await finished(training.prepared);
  rmSync(join(prepared, 'runs'), { recursive: true });
  return { name: 'restoring', prepared, roles: ['runner'] };
}

/** Those whose names contain `name`, each made when it is asked for. */
export async function* allScenarios(name = ''): AsyncGenerator<Scenario> {
  const [cold, training] = [await coldScenario(20), trainingScenario()];
  const makers: readonly (() => Scenario | undefined | Promise<Scenario>)[] = [
    () => cold, () => restoreScenario(training), () => collectScenario(cold), () => pushScenario(cold), () => pullScenario(cold),
    () => damagedScenario(cold), () => training, () => elsewhereScenario(cold),
  ];
  for (const make of makers) {
    const scenario = await make();
    if (scenario?.name.includes(name) === true) yield scenario;
  }
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
