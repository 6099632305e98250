/** Slurm, chosen by `--on slurm` or by the path of its configuration. */
import { failed, type Result } from '../../failure.ts';
import type { ExecutorChoice } from '../executor.ts';
import type { ExecutorRequest } from '../executors.ts';

export async function chooseSlurm({ on, where }: ExecutorRequest): Promise<Result<ExecutorChoice>> {
  return failed('usage', `--on ${on}: this giverny has no executor for Slurm`, { ...(where && { where }), expected: 'local' });
}
