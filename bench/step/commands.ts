/** How each peer is started. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { withAllocatorSettings } from '../../pipeline/execute/allocator.ts';
import { isOurs, type Peer } from './peers.ts';
import { recipeOf, type Recipe, type Task } from './task.ts';
import type { Command } from './worker.ts';

export type Device = 'cpu' | 'gpu';

export interface Place {
  readonly device: Device;
  /** Python with each framework. */
  readonly python: Readonly<Record<'torch' | 'keras', string>>;
  /** The start file, and a folder for moments. */
  readonly file: string;
  readonly scratch: string;
}

/** What a process is told of its work; Python reads the recipe from it. */
export interface OurTask extends Task, Recipe {
  readonly peer?: Peer;
  readonly device: Device;
  readonly file: string;
  readonly scratch: string;
}

export function commandFor(peer: Peer, task: Task, place: Place): Command {
  const told = argument({ ...task, ...recipeOf(task), peer, device: place.device, file: place.file, scratch: place.scratch });
  const environment = { ...unlessSet(peer.environment?.(task.kind, availableParallelism())), ...(place.device === 'cpu' && { CUDA_VISIBLE_DEVICES: '-1' }), ...allocator };
  if (isOurs(peer)) return { ...ours(told), environment };
  return { file: place.python[peer.framework as 'torch' | 'keras'], args: [fileURLToPath(new URL('peers/worker.py', import.meta.url)), told], environment };
}

/** As our training runs; it serves the others, too. */
const allocator = withAllocatorSettings({}) as Readonly<Record<string, string>>;

/** Who sets threads by hand knows better. */
const unlessSet = (environment: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, process.env[name] ?? value]));

/** Writes the start file and ends. */
export const startFileCommand = (task: Task, { file, scratch, device }: Place): Command =>
  ours(argument({ ...task, ...recipeOf(task), device, file, scratch }));

const argument = (task: OurTask): string => JSON.stringify(task);

const ours = (task: string): Command =>
  ({ file: process.execPath, args: ['--import', 'tsx', fileURLToPath(new URL('ours.ts', import.meta.url)), task] });
