import { failed } from '../pipeline/failure.ts';
import type { Result } from '../pipeline/failure.ts';

const codes: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** Runs `work`; where the disk or the quota is full it returns the failure `cache-full` instead of throwing. */
export async function orDiskFull<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !codes.includes(error.code)) throw error;
    return failed('cache-full', 'the disk is full: a stage could not write its output', {
      hint: 'make room, or give another place with --root; then the same command continues',
    });
  }
}
