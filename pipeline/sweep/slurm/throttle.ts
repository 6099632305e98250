/**
 * One limit of jobs at once over several arrays: a sweep that halves submits again and again. What came last goes first,
 * and what it may run is taken from the older arrays; each keeps at least one, so that many small arrays can exceed the limit.
 */
import type { Queue } from './queue.ts';
import { runSlurm } from './commands.ts';
import type { Submission } from './submission.ts';

export interface LivingArray {
  readonly array: number;
  /** Tasks that run or wait. */
  readonly living: number;
}

/** How many of each array run at once, for arrays from the oldest to the newest. Pure. */
export function shares(limit: number, arrays: readonly LivingArray[]): readonly number[] {
  let left = limit;
  const newestFirst = [...arrays].reverse().map(({ living }, at) => {
    const older = arrays.length - 1 - at;
    const share = Math.max(1, Math.min(living, left - older));
    left -= share;
    return share;
  });
  return newestFirst.reverse();
}

/** Tells Slurm the limit of each array, where it is another than it was told last. */
export class Throttle {
  readonly #limit: number | undefined;
  readonly #told = new Map<number, number>();

  constructor(limit: number | undefined) {
    this.#limit = limit;
  }

  /** That a limit could not be told is no reason to end a sweep: the next call tells it again. */
  async spread(submissions: readonly Submission[], queue: Queue): Promise<void> {
    if (this.#limit === undefined) return;
    const arrays = livingArrays(submissions, queue);
    const wanted = shares(this.#limit, arrays);
    for (const [at, { array, atOnce }] of arrays.entries()) {
      const share = wanted[at]!;
      if (share === (this.#told.get(array) ?? atOnce)) continue;
      const told = await runSlurm('scontrol', ['update', `JobId=${array}`, `ArrayTaskThrottle=${share}`]);
      if (told.ok) this.#told.set(array, share);
    }
  }
}

function livingArrays(submissions: readonly Submission[], queue: Queue): readonly (LivingArray & { readonly atOnce: number | undefined })[] {
  return submissions.flatMap(({ name, array, atOnce }) => {
    const living = [...(queue.get(name)?.values() ?? [])].filter(({ state }) => state === 'waiting' || state === 'running').length;
    return array === undefined || living === 0 ? [] : [{ array, living, atOnce }];
  });
}
