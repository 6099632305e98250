/** Runs a stage in this process: for stages without an engine, which leave the event loop free. */
import type { Result } from '../failure.ts';
import type { StageDefinition } from '../stage.ts';
import { contextOf, type JobHooks, type StageJob } from './job.ts';
import { thrownError, type ThrownError } from './thrown.ts';

/** How an execution ended: the stage returned, it threw, or its process went away without either. */
export type JobEnd =
  | { readonly kind: 'returned'; readonly result: Result<void> }
  | { readonly kind: 'threw'; readonly error: ThrownError }
  | { readonly kind: 'died'; readonly code: number | null; readonly signal: NodeJS.Signals | null };

export async function runHere(definition: StageDefinition, job: StageJob, hooks: JobHooks, stop: AbortSignal): Promise<JobEnd> {
  try {
    const implementation = await definition.load();
    return { kind: 'returned', result: await implementation.run(contextOf(job, hooks, stop)) };
  } catch (error) {
    return { kind: 'threw', error: thrownError(error) };
  }
}
