/** How far each job of a sweep is, and with that each trial: what `giverny sweep` follows and `sweep status` shows. */
import type { Json } from '../stage.ts';
import { rungSizes } from './cost.ts';
import type { ObservedState } from './executor.ts';
import { highestRungs } from './halving.ts';
import { readJobResult, type JobResult } from './job.ts';
import { hasEnded, jobState, type JobState } from './job-state.ts';
import { valuesText } from './spec/axis.ts';
import type { SweepCounts } from './sweep-events.ts';
import type { SweepJob, SweepRecord, SweepTrial } from './sweep-record.ts';
import type { TrialRow } from './sweep-table.ts';
import { mainFigures, metricOf, readTrial, type TrialRecord } from './trial-figures.ts';

export interface BoardJob {
  readonly job: SweepJob;
  /** For people: `0003 cycle=5 seed=2`. */
  readonly title: string;
  /** Of a trial's job: which, and which rung of it. */
  readonly trial: SweepTrial | undefined;
  readonly position: number;
  readonly rung: number;
  readonly epochs: number | undefined;
  readonly run: string | undefined;
  readonly identity: string | undefined;
  state: JobState;
  result: JobResult | undefined;
  /** Of a trial's job that has ended: what its run folder says. */
  outcome: TrialRecord | undefined;
}

export class SweepBoard {
  readonly record: SweepRecord;
  readonly #folder: string;
  readonly #root: string;
  readonly #jobs: ReadonlyMap<string, BoardJob>;
  /** By trial, its rungs' jobs in order. */
  readonly #climbs: readonly (readonly BoardJob[])[];
  /** By job, those that come after it. */
  readonly #readers = new Map<string, BoardJob[]>();
  /** Of which something before them may not have ended well. */
  readonly #perhapsSkipped = new Set<BoardJob>();
  /** How many jobs, and how many trials, are in each state: an event of one must not cost a look at thousands. */
  readonly #jobStates = new Tally<JobState>();
  readonly #trialStates = new Tally<TrialRow['state']>();

  constructor(folder: string, root: string, record: SweepRecord) {
    this.record = record;
    this.#folder = folder;
    this.#root = root;
    const made = boardJobs(record);
    this.#jobs = new Map(made.map((each) => [each.job.job, each]));
    this.#climbs = record.trials.map(({ job, rungs }) => (rungs?.map((rung) => rung.job) ?? [job]).map((name) => this.#jobs.get(name)!));
    for (const each of made) {
      this.#jobStates.add(each.state, 1);
      for (const name of each.job.after) this.#readersOf(name).push(each);
    }
    for (const jobs of this.#climbs) this.#trialStates.add(stateOf(jobs, false), 1);
  }

  get jobs(): Iterable<BoardJob> {
    return this.#jobs.values();
  }

  get(job: string): BoardJob {
    return this.#jobs.get(job)!;
  }

  /** Reads how far a job is. Resolves to whether that is news. A damaged result counts as none; one that cannot be read now is no news. */
  async refresh(name: string, observed: ObservedState | undefined): Promise<boolean> {
    const job = this.get(name);
    const read = await readJobResult(this.#folder, name);
    if (!read.ok && read.failure.code !== 'sweep-damaged') return false;
    job.result = read.ok ? read.value : undefined;
    const before = job.state;
    const state = await jobState(job.result, job.identity, observed);
    // What was never begun stays skipped as long as it has a reason.
    if (before !== 'skipped' || state !== 'waiting' || !this.#isBlocked(job)) this.#set(job, state);
    if (job.run !== undefined && hasEnded(job.state) && job.state !== before) job.outcome = await readTrial(this.#root, job.run);
    return job.state !== before;
  }

  /** Jobs that cannot begin, since something before them did not end well. Returns those for which this is news. */
  markSkipped(): readonly BoardJob[] {
    const skipped: BoardJob[] = [];
    for (const job of this.#perhapsSkipped) {
      this.#perhapsSkipped.delete(job);
      if (job.state !== 'waiting' || !this.#isBlocked(job)) continue;
      this.#set(job, 'skipped');
      skipped.push(job);
    }
    return skipped;
  }

  #isBlocked({ job: { after } }: BoardJob): boolean {
    return after.some((name) => isBad(this.get(name).state));
  }

  #readersOf(name: string): BoardJob[] {
    const known = this.#readers.get(name) ?? [];
    this.#readers.set(name, known);
    return known;
  }

  /** How many jobs are in a state. */
  inState(state: JobState): number {
    return this.#jobStates.of(state);
  }

  #set(job: BoardJob, state: JobState): void {
    const climb = job.trial === undefined ? undefined : this.#climbs[job.position]!;
    if (climb !== undefined) this.#trialStates.add(stateOf(climb, false), -1);
    this.#jobStates.add(job.state, -1);
    job.state = state;
    this.#jobStates.add(state, 1);
    if (climb !== undefined) this.#trialStates.add(stateOf(climb, false), 1);
    if (isBad(state)) for (const reader of this.#readers.get(job.job.job) ?? []) this.#perhapsSkipped.add(reader);
    else if (state === 'waiting') this.#perhapsSkipped.add(job);
  }

  /** Nothing is left to begin: no trial waits for a rung that it may climb to. */
  isSettled(): boolean {
    return this.#permittedClimbs().every(({ state }) => hasEnded(state));
  }

  /** The jobs that may be worked on now: all, but for rungs that their trial has not come to. Shared ones only where they are needed. */
  permitted(): readonly BoardJob[] {
    const trials = this.#permittedClimbs();
    const needed = new Set<string>();
    const need = (names: readonly string[]): void => {
      for (const name of names) {
        if (needed.has(name) || this.get(name).job.kind !== 'shared') continue;
        needed.add(name);
        need(this.get(name).job.after);
      }
    };
    for (const { job, state } of trials) if (state !== 'done') need(job.after);
    return [...[...this.#jobs.values()].filter(({ job }) => needed.has(job.job)), ...trials];
  }

  #permittedClimbs(): readonly BoardJob[] {
    const { halving } = this.record;
    const highest = halving === undefined ? undefined : highestRungs(this.#climbs.map((jobs) => ({ states: jobs.map(({ state }) => state), metrics: jobs.map((job) => this.metric(job)) })), halving);
    return this.#climbs.flatMap((jobs, trial) => jobs.slice(0, (highest?.[trial] ?? 0) + 1));
  }

  /** By which the sweep halves; undefined where there is none. */
  metric({ outcome, state }: BoardJob): number | undefined {
    const { halving } = this.record;
    return halving === undefined || outcome === undefined || state !== 'done' ? undefined : metricOf(outcome.record, halving.metric);
  }

  /** `over`: nothing more will be begun, so that a trial which no rung is left for has been stopped. */
  rows(over: boolean): readonly TrialRow[] {
    return this.record.trials.map((trial, position) => this.#row(trial, this.#climbs[position]!, over));
  }

  counts(over = false): SweepCounts {
    const of = (...states: readonly TrialRow['state'][]): number => states.reduce((sum, state) => sum + this.#trialStates.of(state), 0);
    // Of a sweep that is over, what was below the top has been stopped there, which counts as done.
    const stopped = over ? this.#climbs.filter((jobs) => stateOf(jobs, true) === 'stopped').length : 0;
    return {
      trials: this.#climbs.length, done: of('done') + stopped, failed: of('failed', 'skipped'), running: of('running'),
      interrupted: of('interrupted'), waiting: of('waiting') - stopped, ...this.#rungRuns(),
    };
  }

  /** Where the sweep halves: how many trainings to a rung have ended, of how many there will be. */
  #rungRuns(): Pick<SweepCounts, 'rungs'> {
    const { halving, trials } = this.record;
    if (halving === undefined) return {};
    const ended = [...this.#jobs.values()].filter(({ trial, state }) => trial !== undefined && hasEnded(state)).length;
    return { rungs: { ended, expected: rungSizes(trials.length, halving).reduce((sum, size) => sum + size, 0), isExact: !halving.asynchronous } };
  }

  #row(trial: SweepTrial, jobs: readonly BoardJob[], over: boolean): TrialRow {
    const begun = jobs.filter(({ state }) => state !== 'waiting');
    const last = lastBegun(jobs);
    const figured = jobs.findLast(({ outcome }) => outcome !== undefined);
    return {
      trial, state: stateOf(jobs, over), run: (figured ?? last).run!,
      ...(last.epochs === undefined || begun.length === 0 ? {} : { epochs: last.epochs }),
      ...secondsOf(jobs), figures: figured?.outcome?.figures ?? {}, main: figured?.outcome === undefined ? {} : mainFigures(figured.outcome, mainFiguresAtMost),
    };
  }
}

const isBad = (state: JobState): boolean => state === 'failed' || state === 'skipped';

class Tally<State> {
  readonly #counts = new Map<State, number>();

  add(state: State, count: 1 | -1): void {
    this.#counts.set(state, this.of(state) + count);
  }

  of(state: State): number {
    return this.#counts.get(state) ?? 0;
  }
}

const lastBegun = (jobs: readonly BoardJob[]): BoardJob => jobs.findLast(({ state }) => state !== 'waiting') ?? jobs[0]!;

/** Of the trial whose rungs these are. */
function stateOf(jobs: readonly BoardJob[], over: boolean): TrialRow['state'] {
  const last = lastBegun(jobs);
  const isBelowTheTop = last.state === 'done' && last !== jobs.at(-1);
  return isBelowTheTop ? (over ? 'stopped' : 'waiting') : last.state;
}

/** So many fit on a line. */
export const mainFiguresAtMost = 4;

function secondsOf(jobs: readonly BoardJob[]): { readonly seconds?: number } {
  const known = jobs.flatMap(({ outcome }) => outcome?.record.seconds ?? []);
  return known.length === 0 ? {} : { seconds: known.reduce((sum, seconds) => sum + seconds, 0) };
}

function boardJobs({ trials, jobs }: SweepRecord): readonly BoardJob[] {
  const byName = new Map(jobs.map((job) => [job.job, job]));
  const fresh = { state: 'waiting' as JobState, result: undefined, outcome: undefined };
  const shared = jobs.filter(({ kind }) => kind === 'shared').map((job): BoardJob => ({
    job, title: `shared by ${job.trials ?? 0} trials: ${job.stages?.join(', ') ?? job.job}`, trial: undefined, position: -1, rung: 0, epochs: undefined, run: undefined, identity: undefined, ...fresh,
  }));
  const own = trials.flatMap((trial, position) => {
    const title = titleOf(trial.trial, trial.values);
    const rungs = trial.rungs ?? [{ job: trial.job, run: trial.run, identity: trial.identity, epochs: undefined }];
    return rungs.map(({ job, run, identity, epochs }, rung): BoardJob => ({
      job: byName.get(job)!, title: epochs === undefined ? title : `${title} to epoch ${epochs}`, trial, position, rung, epochs, run, identity, ...fresh,
    }));
  });
  return [...shared, ...own];
}

const titleOf = (trial: string, values: Readonly<Record<string, Json>>): string => `${trial} ${valuesText(values)}`;
