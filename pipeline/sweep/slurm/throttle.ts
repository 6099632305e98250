/**
 * One limit of jobs at once over several arrays: a sweep that halves submits again and again, and a long one is several
 * arrays from the beginning. What was submitted last goes first, of that the first array; each array keeps at least one, so
 * that many small ones can exceed the limit.
 */
import type { Queue } from './queue.ts';
import { runSlurm } from './commands.ts';
import type { Submission } from './submission.ts';
import { groupBy } from './task-list.ts';

export interface LivingArray {
  readonly array: number;
  /** Tasks that run or wait. */
  readonly living: number;
}

/** How many of each array run at once, for arrays from the most to the least urgent. Pure. */
export function shares(limit: number, arrays: readonly LivingArray[]): readonly number[] {
  let left = limit;
  return arrays.map(({ living }, at) => {
    const share = Math.max(1, Math.min(living, left - (arrays.length - 1 - at)));
    left -= share;
    return share;
  });
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
    for (const arrays of groupBy(livingArrays(submissions, queue), ({ request }) => request)) await this.#tell(arrays, shares(this.#limit, arrays));
  }

  async #tell(arrays: readonly LimitedArray[], wanted: readonly number[]): Promise<void> {
    for (const [at, { array, atOnce }] of arrays.entries()) {
      const share = wanted[at]!;
      if (share === (this.#told.get(array) ?? atOnce)) continue;
      const told = await runSlurm('scontrol', ['update', `JobId=${array}`, `ArrayTaskThrottle=${share}`]);
      if (told.ok) this.#told.set(array, share);
    }
  }
}

interface LimitedArray extends LivingArray {
  /** What it was told when it was submitted. */
  readonly atOnce: number | undefined;
  /** The limit is one for all arrays that ask for the same. */
  readonly request: string;
  readonly submittedAt: string;
}

/** The most urgent first. */
function livingArrays(submissions: readonly Submission[], queue: Queue): readonly LimitedArray[] {
  const arrays = submissions.flatMap(({ name, array, atOnce, request, submittedAt }) => {
    const living = [...(queue.get(name)?.values() ?? [])].filter(({ state }) => state === 'waiting' || state === 'running').length;
    return array === undefined || living === 0 ? [] : [{ array, living, atOnce, request: JSON.stringify(request), submittedAt }];
  });
  return arrays.sort((left, right) => right.submittedAt.localeCompare(left.submittedAt) || left.array - right.array);
}
