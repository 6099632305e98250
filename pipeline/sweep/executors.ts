/** What `--on` (or `on:` in a sweep's file) chooses. Executors are imported when they are chosen. */
import { failed, ok, type Result, type Where } from '../failure.ts';
import type { ExecutorChoice } from './executor.ts';

/** What a person wrote, and where. */
export interface ExecutorRequest {
  /** `local`, `slurm`, or the path of an executor's configuration, which says what it is for (`executor: slurm`). */
  readonly on: string;
  /** Relative paths start here: the current folder, or that of the sweep's file. */
  readonly folder: string;
  /** Absent for the command line. */
  readonly where?: Where;
}

const isFile = (on: string): boolean => /[/\\]|\.ya?ml$/.test(on);

/** Failures: `usage` for an unknown name; those of reading the executor's configuration. `local` gets its executor from the caller. */
export async function chooseExecutor(request: ExecutorRequest, local: ExecutorChoice): Promise<Result<ExecutorChoice>> {
  if (request.on === 'local') return ok(local);
  if (request.on === 'slurm' || isFile(request.on)) return (await import('./slurm/choose.ts')).chooseSlurm(request);
  return failed('usage', `there is no executor ${request.on}`, {
    ...(request.where && { where: request.where }), expected: 'local, slurm, or the path of an executor\'s configuration', hint: 'configs/executors/slurm.yaml is one',
  });
}
