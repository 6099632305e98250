/** What a project must be after a run that ended well, however the runs before it ended. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finished } from '../helpers/rig.ts';
import { digestOf, filesBelow } from './project.ts';

/** What is compared between an uninterrupted run and one that was tortured. */
export interface Made {
  /** Of each stage: its key and the digest of its reproducible outputs. */
  readonly stages: Readonly<Record<string, string>>;
  /** Reproducible files of the run folder, with digests; config.yaml without the project's place. */
  readonly runFiles: Readonly<Record<string, string>>;
  /** Names of all other files of the run folder. */
  records: readonly string[];
  readonly keys: readonly string[];
}

/** Times, hosts and paths are in them (design.md). */
const isRecord = (path: string): boolean => /^(run\.json|plan\.json|environment\.json|events\.jsonl|report\.html|git\.patch|logs\/|tensorboard\/)/.test(path);

interface RunRecord {
  readonly state: string;
  readonly stages: Readonly<Record<string, { readonly state: string; readonly key: string; readonly outputs: string }>>;
}

function runFolderOf(root: string): string {
  const names = readdirSync(join(root, 'runs')).filter((name) => name !== 'latest' && !name.startsWith('.'));
  if (names.length !== 1) throw new Error(`one run was expected, there are ${names.join(', ') || 'none'}`);
  return join(root, 'runs', names[0]!);
}

export function whatWasMade(root: string): Made {
  const folder = runFolderOf(root);
  const { stages } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord;
  const files = filesBelow(folder);
  return {
    stages: Object.fromEntries(Object.entries(stages).map(([name, { key, outputs }]) => [name, `${key} ${outputs}`]).sort()),
    runFiles: Object.fromEntries(files.filter((path) => !isRecord(path)).map((path) => [path, path === 'config.yaml' ? readFileSync(join(folder, path), 'utf8').replaceAll(root, '') : digestOf(join(folder, path))])),
    // Every execution writes an event file of its own.
    records: files.filter((path) => isRecord(path) && !path.startsWith('tensorboard/')),
    keys: filesBelow(join(root, '.giverny/cache/keys')),
  };
}

/** What a run that ended well must not leave: partial files, folders of dead processes, damaged objects. Empty: nothing. */
export function leftBehind(root: string, { mayQuarantine = false }: { readonly mayQuarantine?: boolean | undefined } = {}): readonly string[] {
  const partial = filesBelow(runFolderOf(root)).filter((path) => /(^|\/)\.|partial|unfinished|\.tmp$/.test(path));
  return [...partial.map((path) => `${path} in the run folder`), ...damagedOrLeft(root, mayQuarantine)];
}

/** The same, of the cache alone and of the folder of runs. */
export function damagedOrLeft(root: string, mayQuarantine = false): readonly string[] {
  const below = (folder: string) => filesBelow(join(root, folder)).map((path) => `${folder}/${path}`);
  const others = (folder: string, expected: readonly string[]) => readdirSync(join(root, folder)).filter((name) => !expected.includes(name)).map((name) => `${folder}/${name}`);
  return [
    ...['.giverny/work', '.giverny/cache/tmp', '.giverny/cache/leases'].flatMap(below),
    ...others('.giverny/cache', ['checkpoints', 'keys', 'leases', 'objects', 'stat-index', 'tmp', ...(mayQuarantine ? ['quarantine'] : [])]),
    ...others('.giverny', ['cache', 'work']),
    ...readdirSync(join(root, 'runs')).filter((name) => name.startsWith('.')).map((name) => `runs/${name}`),
    ...below('.giverny/cache/checkpoints').filter((path) => path.includes('unfinished')),
    ...damagedObjects(join(root, '.giverny/cache')),
  ];
}

function damagedObjects(cache: string): readonly string[] {
  const objects = filesBelow(join(cache, 'objects')).filter((path) => !path.endsWith('/'));
  return objects.filter((path) => digestOf(join(cache, 'objects', path)) !== path.slice(3)).map((path) => `damaged objects/${path}`);
}

/** What is wrong with how a command ended that met an error: it may have done without, or it fails once, for people. */
export function badEnding({ code, signal, stderr }: Finished): string | undefined {
  if (signal !== null) return `it died of ${signal}`;
  if (/^\s+at .*[:(]/m.test(stderr)) return 'it printed a stack trace';
  if (/is a bug/.test(stderr)) return 'it took the error for a bug';
  const failures = stderr.match(/^error( in \S+)?:/gm) ?? [];
  if (code === 0) return failures.length === 0 ? undefined : 'it printed a failure and ended well';
  if (code !== 1 && code !== 64) return `it ended with exit code ${code}`;
  // A disk that stays full is met by every stage that does not read from another that met it.
  return failures.length >= 1 && new Set(failures).size === failures.length ? undefined : `it printed ${failures.length} failures: ${failures.join(', ')}`;
}
