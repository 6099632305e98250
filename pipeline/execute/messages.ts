/** What the runner and a stage's own process say to each other over Node's IPC channel. */
import type { Result } from '../failure.ts';
import type { Progress } from '../stage.ts';
import type { StageJob } from './job.ts';
import type { ThrownError } from './thrown.ts';

export type ToStage =
  /** First, and once. `runner` is the pid whose death ends the stage's process. */
  | { readonly type: 'run'; readonly job: StageJob; readonly runner: number }
  | { readonly type: 'stop' }
  | { readonly type: 'published'; readonly request: number; readonly error?: ThrownError };

export type FromStage =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'warn'; readonly line: string }
  | { readonly type: 'publish'; readonly request: number; readonly paths: readonly string[] }
  /** Last: the stage returned. */
  | { readonly type: 'returned'; readonly result: Result<void> }
  /** Last: the stage threw. */
  | { readonly type: 'threw'; readonly error: ThrownError };
