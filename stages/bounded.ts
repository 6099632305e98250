import pLimit from 'p-limit';
import { interrupted, ok } from '../pipeline/failure.ts';
import type { Result } from '../pipeline/failure.ts';
import { usableProcessors } from './processors.ts';

/** How many cores there are for images: no more than the container or Slurm gives. */
export const lanes = (): number => usableProcessors().count;

/**
 * Does `work` for every item, `atOnce` at a time, until one fails or throws, or `stop` fires (then `interrupted`). Of several
 * failures it returns that of the first item, whichever came first in time: items start in order, so all before it have
 * run. When it returns or throws, nothing is running any more.
 */
export async function forEachBounded<T>(
  items: readonly T[],
  stop: AbortSignal,
  work: (item: T, index: number) => Promise<Result<void>>,
  atOnce: number = lanes(),
): Promise<Result<void>> {
  let endedAt = Infinity;
  const thrown = new Map<number, unknown>();
  const results = await pLimit(atOnce).map(items, async (item, index): Promise<Result<void>> => {
    if (stop.aborted || index > endedAt) return interrupted();
    const result = await work(item, index).catch((error: unknown) => {
      thrown.set(index, error);
      return interrupted();
    });
    if (!result.ok) endedAt = Math.min(endedAt, index);
    return result;
  });
  if (thrown.has(endedAt)) throw thrown.get(endedAt);
  return results[endedAt] ?? (stop.aborted ? interrupted() : ok(undefined));
}
