/** What happens in a run, as one stream of events: the terminal, plain lines, NDJSON, events.jsonl and logs are all written from it. */
import type { Failure } from '../failure.ts';
import type { Progress } from '../stage.ts';

/** waiting: for inputs, a slot or another process. hit: its outputs were in the cache. skipped: something it reads failed. */
export type StageState = 'waiting' | 'running' | 'hit' | 'done' | 'failed' | 'skipped' | 'interrupted';

export type RunState = 'running' | 'done' | 'failed' | 'interrupted';

export type RunEvent =
  | { readonly event: 'run-started'; readonly run: string; readonly folder: string; readonly stages: readonly string[] }
  /** `label` names what is done outside any stage: the engine's installation. */
  | { readonly event: 'preparing'; readonly label: string; readonly progress: Progress }
  | { readonly event: 'stage-started'; readonly stage: string; readonly reason: string; readonly attempt: string; /** Stopped, it continues from a checkpoint. */ readonly keepsCheckpoints?: boolean }
  | { readonly event: 'stage-waiting'; readonly stage: string; readonly message: string }
  | { readonly event: 'stage-progress'; readonly stage: string; readonly progress: Progress }
  | { readonly event: 'stage-log'; readonly stage: string; readonly line: string }
  | { readonly event: 'stage-warning'; readonly stage: string; readonly line: string }
  | { readonly event: 'stage-ended'; readonly stage: string; readonly state: StageState; readonly seconds: number; readonly failure?: Failure; readonly figures?: Readonly<Record<string, number>> }
  /** A line for people that belongs to no stage. */
  | { readonly event: 'message'; readonly line: string }
  | { readonly event: 'run-ended'; readonly run: string; readonly folder: string; readonly state: RunState; readonly seconds: number; readonly report?: string; readonly summary?: readonly string[] };

/** Something that shows or keeps events. It must not throw and must not block. */
export interface Reporter {
  report(event: RunEvent): void;
  /** Ends what it draws; called once, after the last event. */
  close(): void;
}

/** Passes every event to several reporters; the run folder's join once it is open. */
export class Reporters implements Reporter {
  readonly #members: Reporter[];

  constructor(members: readonly Reporter[]) {
    this.#members = [...members];
  }

  add(member: Reporter): void {
    this.#members.push(member);
  }

  report(event: RunEvent): void {
    for (const member of this.#members) member.report(event);
  }

  close(): void {
    for (const member of this.#members) member.close();
  }
}
