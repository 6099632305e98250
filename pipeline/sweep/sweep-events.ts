/** What happens in a sweep, as one stream of events: a terminal, plain lines and NDJSON are written from it. */
import type { Failure } from '../failure.ts';
import type { Json, Progress } from '../stage.ts';
import type { SweepCost } from './cost.ts';
import type { JobState } from './job-state.ts';
import type { TrialFigures } from './trial-figures.ts';

/** Of the jobs: of trials and of what they share. */
export interface SweepCounts {
  readonly trials: number;
  readonly done: number;
  /** With those that could not begin since what they share failed. */
  readonly failed: number;
  readonly running: number;
  readonly interrupted: number;
  readonly waiting: number;
  /** Where the sweep halves: trainings to a rung, ended and expected in all; ASHA may come to a few more or fewer. */
  readonly rungs?: { readonly ended: number; readonly expected: number; readonly isExact: boolean };
}

/** `title`: for people, `0003 cycle=5 seed=2`, or of a shared job `shared-1 (synthesize, normalize)`. */
interface OfJob {
  readonly job: string;
  readonly title: string;
  readonly trial?: string;
  readonly values?: Readonly<Record<string, Json>>;
  readonly epochs?: number;
}

export type SweepEvent =
  | ({ readonly event: 'sweep-planned'; readonly sweep: string; readonly text: string } & SweepCost)
  | { readonly event: 'sweep-started'; readonly sweep: string; readonly folder: string; readonly on: string; readonly counts: SweepCounts }
  /** Something before any trial: the installation of an engine. */
  | { readonly event: 'preparing'; readonly label: string; readonly progress: Progress }
  | ({ readonly event: 'job-started' } & OfJob)
  | ({ readonly event: 'job-progress'; readonly stage: string; readonly progress: Progress } & OfJob)
  | ({ readonly event: 'job-ended'; readonly state: JobState; readonly seconds?: number; readonly figures: TrialFigures; /** The few that stand for the trial. */ readonly main: TrialFigures; readonly failures: readonly Failure[]; readonly counts: SweepCounts } & OfJob)
  /** A line for people. */
  | { readonly event: 'message'; readonly line: string }
  | { readonly event: 'sweep-ended'; readonly sweep: string; readonly folder: string; readonly state: 'done' | 'failed' | 'interrupted'; readonly counts: SweepCounts; readonly seconds: number; readonly table: string };

/** Must not throw and must not block. */
export interface SweepReporter {
  report(event: SweepEvent): void;
  close(): void;
}
