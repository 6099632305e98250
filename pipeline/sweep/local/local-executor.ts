/** This machine as an executor: a queue of jobs, run in this process (their stages in processes of their own, as ever). */
import { ok, type Result } from '../../failure.ts';
import type { Executor, ExecutorContext, ObservedState, SubmittedJob } from '../executor.ts';
import { turnsBefore } from '../turns.ts';
import { threadsEach, type Machine, type Slots } from './slots.ts';

/** What a job is given of the machine. */
export interface JobShare {
  /** Environment variables of its stages' processes. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stages of it at once. */
  readonly stagesAtOnce: number;
}

export interface LocalParts {
  readonly machine: Machine;
  readonly slots: Slots;
  /** Whether nothing more begins once a job has not ended well. */
  readonly stopAtFailure: boolean;
  /** Resolves to whether it ended well. Never throws but for a bug. */
  run(job: string, stop: AbortSignal, share: JobShare): Promise<boolean>;
}

interface Queued {
  readonly job: SubmittedJob;
  state: 'waiting' | 'running' | 'well' | 'badly';
  readonly stop: AbortController;
}

export class LocalExecutor implements Executor {
  readonly outlives = false;
  readonly #context: Pick<ExecutorContext, 'changed' | 'stop'>;
  readonly #parts: LocalParts;
  readonly #jobs = new Map<string, Queued>();
  /** Waiting, the next one first. */
  #queue: Queued[] = [];
  /** Those that wait or run, by what they train. */
  readonly #turns = new Map<string, Set<Queued>>();
  /** By job, those of the same networks that come before it. */
  #before: ReadonlyMap<string, readonly string[]> = new Map();
  readonly #freeGpus: string[];
  #running = 0;
  #engines = 0;
  /** Jobs that wait or run and need an engine; waiting jobs that need none. */
  #wanting = 0;
  #light = 0;

  constructor(context: Pick<ExecutorContext, 'changed' | 'stop'>, parts: LocalParts) {
    this.#context = context;
    this.#parts = parts;
    this.#freeGpus = [...parts.machine.gpus];
    context.stop.addEventListener('abort', () => { this.#startWhatCan(); context.changed(); }, { once: true });
  }

  async submit(jobs: readonly SubmittedJob[]): Promise<Result<void>> {
    let shareTurns = false;
    for (const job of jobs) {
      const known = this.#jobs.get(job.job);
      if (known?.state === 'waiting' || known?.state === 'running') continue;
      const queued: Queued = { job, state: 'waiting', stop: new AbortController() };
      this.#jobs.set(job.job, queued);
      this.#queue.push(queued);
      if (job.needs.engine) this.#wanting += 1;
      else this.#light += 1;
      for (const { of } of job.turns ?? []) {
        const group = (this.#turns.get(of) ?? new Set<Queued>()).add(queued);
        this.#turns.set(of, group);
        shareTurns ||= group.size > 1;
      }
    }
    if (shareTurns) this.#before = turnsBefore([...this.#jobs.values()].filter(({ state }) => state === 'waiting' || state === 'running').map(({ job }) => job));
    // Stable: equals stay in the order in which they came.
    this.#queue.sort((left, right) => (right.job.priority ?? 0) - (left.job.priority ?? 0));
    this.#startWhatCan();
    return ok(undefined);
  }

  async observe(jobs: Iterable<string> = this.#jobs.keys()): Promise<Result<ReadonlyMap<string, ObservedState>>> {
    const observed = new Map<string, ObservedState>();
    for (const name of jobs) {
      const state = this.#jobs.get(name)?.state;
      if (state !== undefined) observed.set(name, state === 'well' || state === 'badly' ? 'ended' : state);
    }
    return ok(observed);
  }

  async cancel(jobs: readonly string[] = [...this.#jobs.keys()]): Promise<Result<void>> {
    const names = new Set(jobs);
    for (const queued of this.#queue) if (names.has(queued.job.job)) this.#drop(queued);
    this.#queue = this.#queue.filter(({ state }) => state === 'waiting');
    for (const name of names) this.#jobs.get(name)?.stop.abort();
    this.#startWhatCan();
    this.#context.changed();
    return ok(undefined);
  }

  #startWhatCan(): void {
    if (this.#context.stop.aborted) this.#dropWaiting();
    // What is dropped may be what one that was passed by waits for.
    while (this.#startOnce());
  }

  /** Whether jobs were dropped. */
  #startOnce(): boolean {
    const { slots } = this.#parts;
    const left: Queued[] = [];
    let [looked, dropped] = [0, false];
    for (const queued of this.#queue) {
      if (this.#running >= slots.jobs || (this.#light === 0 && this.#engines >= slots.engines)) break;
      looked += 1;
      const before = queued.job.after.map((name) => this.#jobs.get(name)?.state ?? 'well');
      if (before.includes('badly')) {
        this.#drop(queued);
        dropped = true;
      } else if (before.some((state) => state !== 'well') || this.#isBeforeItsTurn(queued) || (queued.job.needs.engine && this.#engines >= slots.engines)) left.push(queued);
      else void this.#start(queued);
    }
    this.#queue.splice(0, looked, ...left);
    return dropped;
  }

  #dropWaiting(): void {
    for (const queued of this.#queue) this.#drop(queued);
    this.#queue = [];
  }

  /** It never begins. */
  #drop(queued: Queued): void {
    queued.state = 'badly';
    this.#leaveTurns(queued);
    if (queued.job.needs.engine) this.#wanting -= 1;
    else this.#light -= 1;
    this.#context.changed([queued.job.job]);
  }

  /** Another that trains the same networks runs, or comes first. */
  #isBeforeItsTurn({ job }: Queued): boolean {
    const runs = (job.turns ?? []).some(({ of }) => [...(this.#turns.get(of) ?? [])].some(({ state }) => state === 'running'));
    return runs || this.#comesAfterOneThatWaits(job.job);
  }

  #comesAfterOneThatWaits(job: string): boolean {
    return (this.#before.get(job) ?? []).some((name) => {
      const state = this.#jobs.get(name)?.state;
      // One that never began waited for others, which may wait still.
      return state === 'waiting' || (state === 'badly' && this.#comesAfterOneThatWaits(name));
    });
  }

  #leaveTurns(queued: Queued): void {
    for (const { of } of queued.job.turns ?? []) this.#turns.get(of)?.delete(queued);
  }

  async #start(queued: Queued): Promise<void> {
    const { job, stop } = queued;
    const gpu = job.needs.gpus > 0 ? this.#freeGpus.shift() : undefined;
    queued.state = 'running';
    this.#running += 1;
    if (job.needs.engine) this.#engines += 1;
    else this.#light -= 1;
    this.#context.changed([job.job]);
    const well = await this.#parts.run(job.job, AbortSignal.any([stop.signal, this.#context.stop]), this.#share(gpu));
    if (gpu !== undefined) this.#freeGpus.push(gpu);
    this.#running -= 1;
    if (job.needs.engine) {
      this.#engines -= 1;
      this.#wanting -= 1;
    }
    queued.state = well ? 'well' : 'badly';
    this.#leaveTurns(queued);
    if (!well && this.#parts.stopAtFailure) this.#dropWaiting();
    this.#startWhatCan();
    this.#context.changed([job.job]);
  }

  /** A GPU of its own; of the processors as many as fall to each of those that can run now. */
  #share(gpu: string | undefined): JobShare {
    const { machine: { processors }, slots } = this.#parts;
    const threads = String(threadsEach(processors, Math.min(slots.engines, this.#wanting)));
    return {
      // What the user has set stays.
      environment: { ...(gpu === undefined ? { TF_NUM_INTEROP_THREADS: threads, TF_NUM_INTRAOP_THREADS: threads } : { CUDA_VISIBLE_DEVICES: gpu }), ...pick(process.env, ['TF_NUM_INTEROP_THREADS', 'TF_NUM_INTRAOP_THREADS']) },
      stagesAtOnce: threadsEach(processors, Math.min(slots.jobs, this.#running + this.#queue.length)),
    };
  }
}

function pick(environment: NodeJS.ProcessEnv, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));
}
