/** What is done to a process at one of its file-system calls: the orders that inject.js carries out. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** runner: the command itself; stage: the process of a stage that loads an engine. */
export type Role = 'runner' | 'stage';

export const deaths = ['kill-before', 'kill-within', 'kill-after'] as const;
/** A full disk stays full, what may not be read stays so; the others fail one call. */
export const errors = ['ENOSPC', 'EACCES', 'EMFILE', 'EIO'] as const;
export const isDeath = (deed: Deed): boolean => (deaths as readonly string[]).includes(deed);
export type Deed = (typeof deaths)[number] | (typeof errors)[number] | 'EROFS' | 'delete-cache' | 'clock-back';

export interface Order {
  readonly role: Role;
  /** `c17`: the seventeenth change; `r3`: the third reading; `start`: before anything. */
  readonly at: string;
  readonly do: Deed;
  /** Of a stage's process: that it dies alone, as one that the system ends. */
  readonly alone?: boolean;
  /** EROFS: the folder, relative to the project, that cannot be written. */
  readonly below?: string;
  /** clock-back: by how much. */
  readonly milliseconds?: number;
}

/** One file-system call of an uninterrupted run. */
export interface Step {
  /** As in {@link Order.at}. */
  readonly at: string;
  readonly call: string;
  /** Relative to the project. */
  readonly place: string;
}

const preload = fileURLToPath(new URL('inject.js', import.meta.url));
export const nodeArguments: readonly string[] = ['--import', preload];

export const environmentOf = (order: object, root: string): Record<string, string> =>
  ({ GIVERNY_TORTURE: JSON.stringify({ ...order, root, reached: reachedFile(root) }) });

export const reachedFile = (root: string): string => `${root}.reached`;

/** The call at which the order was carried out; undefined where the process never came to it. */
export function whereReached(root: string): string | undefined {
  try {
    const text = readFileSync(reachedFile(root), 'utf8').trim();
    rmSync(reachedFile(root));
    return text;
  } catch {
    return undefined;
  }
}

export function readSteps(log: string): readonly Step[] {
  return readFileSync(log, 'utf8').trimEnd().split('\n').map((line) => {
    const [at, call, place] = line.split('\t') as [string, string, string];
    return { at, call, place };
  });
}

const opens = new Set(['open', 'readFile', 'writeFile', 'appendFile', 'copyFile', 'readdir', 'opendir', 'cp']);
const byHandle = new Set(['write', 'writev', 'read', 'readv', 'close', 'sync', 'datasync', 'fsync', 'fstat']);
const needsRoom = new Set(['appendFile', 'copyFile', 'cp', 'mkdir', 'mkdtemp', 'open', 'symlink', 'write', 'writeFile', 'fsync', 'sync', 'rename', 'close']);
const writes = new Set(['write', 'writeFile', 'appendFile', 'copyFile']);

/** What can happen at a step. Killing before or after a reading is killing between two changes, which is covered there. */
export function deedsAt({ at, call }: Step): readonly Deed[] {
  const isChange = at.startsWith('c');
  return [
    ...(isChange ? deaths.filter((death) => death !== 'kill-within' || writes.has(call)) : []),
    ...errors.filter((error) => {
      if (error === 'ENOSPC') return isChange && needsRoom.has(call);
      if (error === 'EACCES') return !byHandle.has(call);
      return error === 'EMFILE' ? opens.has(call) : true;
    }),
  ];
}

/** Steps that differ only in digests, process ids and numbers are of one class. */
export const classOf = ({ at, call, place }: Step): string =>
  `${at[0]} ${call} ${place.replaceAll(/[0-9a-f]{8}(-[0-9a-f]+)+/g, 'OWNER').replaceAll(/\b[0-9a-f]{12,64}\b/g, 'DIGEST').replaceAll(/objects\/[0-9a-f]{2}\b/g, 'objects/XX').replaceAll(/\d+/g, '#')}`;

/** A place for the log of one counting run, beside the project. */
export const logFile = (root: string): string => join(`${root}.steps`);
