/** How long a benchmark will take, roughly: people want to know whether it is minutes or a night. */
import { availableParallelism } from 'node:os';
import type { Task } from './task.ts';

/** Of the chapter's step at 128×128 with one image: seconds on two cores, in the mean of all peers. */
const chapterStep = 0.9;

/** Starting, compiling, checking; compilers take most of it. */
const startSeconds = 30;

/** Seconds for `peers` peers of a task. */
export function seconds({ kind, recipe, size, batch }: Task, peers: number, steps: number): number {
  const pixels = batch * (size / 128) ** 2;
  const network = recipe === 'chapter' ? 1 : size >= 256 ? 5 : 3.8;
  const step = chapterStep * pixels * network * (2 / availableParallelism()) * (kind === 'step' ? 1 : 1 / 20);
  return peers * (startSeconds + (3 + steps) * step);
}

export function readable(seconds: number): string {
  if (seconds >= 5400) return `${(seconds / 3600).toFixed(1)} hours`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
