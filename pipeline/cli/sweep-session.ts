/** One `giverny sweep` or `sweep resume`: what draws its progress, its signals, this machine as an executor, and the way to the end. */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { shortPath } from '../config/tree/source.ts';
import { StageProcesses } from '../execute/stage-processes.ts';
import { listenForStop, type StopSignals } from '../execute/stop-signals.ts';
import { fail, failed, ok, type Failure, type Result } from '../failure.ts';
import { readGitState } from '../run-folder/git.ts';
import { Changes } from '../sweep/changes.ts';
import { followSweep } from '../sweep/follow-sweep.ts';
import type { Executor, ExecutorChoice, ExecutorContext } from '../sweep/executor.ts';
import { readJobDescription, type JobDescription } from '../sweep/job.ts';
import { LocalExecutor, type JobShare } from '../sweep/local/local-executor.ts';
import { slotsOf, thisMachine } from '../sweep/local/slots.ts';
import type { SweepPlan } from '../sweep/plan-sweep.ts';
import { jobReporter } from '../sweep/progress/job-reporter.ts';
import { jsonSweepReporter } from '../sweep/progress/json-lines.ts';
import { plainSweepReporter } from '../sweep/progress/plain.ts';
import { terminalSweepReporter } from '../sweep/progress/terminal.ts';
import { runJob } from '../sweep/run-job.ts';
import { SweepBoard } from '../sweep/sweep-board.ts';
import type { SweepEvent, SweepReporter } from '../sweep/sweep-events.ts';
import { tableFile } from '../sweep/sweep-folder.ts';
import { takeSweepLock } from '../sweep/sweep-lock.ts';
import type { SweepRecord } from '../sweep/sweep-record.ts';
import type { CommandIo } from './command.ts';
import type { SweepArguments } from './sweep-arguments.ts';
import { printSweepEnd } from './sweep-words.ts';
import { givernyVersion } from './version.ts';

export class SweepSession {
  readonly reporter: SweepReporter;
  readonly json: boolean;
  readonly #io: CommandIo;
  readonly #processes = new StageProcesses();
  readonly #signals: StopSignals;
  /** Set once the sweep runs. */
  outlives = false;
  sweep = '';
  board: SweepBoard | undefined;
  cache: Cache | undefined;
  #slots: { readonly jobs: number; readonly engines: number } | undefined;

  constructor(io: CommandIo, json: boolean) {
    this.#io = io;
    this.json = json;
    const people = io.terminal ? terminalSweepReporter({ stream: process.stderr, color: io.color }) : plainSweepReporter({ write: io.stderr });
    const all = json ? [people, jsonSweepReporter({ write: io.stdout })] : [people];
    this.reporter = {
      report: (event: SweepEvent) => { for (const each of all) each.report(event); },
      close: () => { for (const each of all) each.close(); },
    };
    this.#signals = listenForStop({
      first: () => this.say(this.outlives ? `leaving; the jobs go on: giverny sweep status ${this.sweep} shows them, giverny sweep cancel ${this.sweep} ends them` : 'stopping: running trials finish their step and write a checkpoint; Ctrl-C again stops at once'),
      second: () => { this.#processes.kill(); this.reporter.close(); },
    });
  }

  get stop(): AbortSignal {
    return this.#signals.stop;
  }

  readonly say = (line: string): void => this.reporter.report({ event: 'message', line });

  /** What the process ends with after Ctrl-C; undefined without. */
  stopped(): Failure | undefined {
    return this.#signals.failure();
  }

  close(): void {
    this.reporter.close();
  }

  dispose(): void {
    this.#signals.dispose();
    this.reporter.close();
  }

  /** For the estimate of how long it takes. */
  trialsAtOnce({ engine }: SweepPlan, { spec: { jobs }, memory }: SweepArguments): number {
    const processors = availableParallelism();
    if (engine !== undefined && engine.device !== 'cpu') return jobs ?? 1;
    return this.#slots?.engines ?? slotsOf({ processors, memory: Infinity, gpus: [] }, jobs, false, memory).engines;
  }

  localChoice(memory: number | undefined): ExecutorChoice {
    return { on: 'local', observeEvery: 60_000, open: async (context) => ok(await this.#local(context, memory)) };
  }

  async #local(context: ExecutorContext, memory: number | undefined): Promise<Executor> {
    const onGpu = this.board!.record.engine !== undefined && this.board!.record.engine.device !== 'cpu';
    const machine = await thisMachine(process.env, onGpu ? this.board!.record.engine!.device : undefined);
    const slots = slotsOf(machine, context.jobs, onGpu, memory);
    this.#slots = slots;
    const git = new Map<string, ReturnType<typeof readGitState>>();
    const readGit: typeof readGitState = (folder) => {
      const known = git.get(folder) ?? readGitState(folder);
      git.set(folder, known);
      return known;
    };
    return new LocalExecutor(context, { machine, slots, stopAtFailure: this.board!.record.onError === 'stop', run: (job, stop, share) => this.#run(job, stop, share, context.folder, readGit) });
  }

  async #run(job: string, stop: AbortSignal, { environment, stagesAtOnce }: JobShare, folder: string, readGit: typeof readGitState): Promise<boolean> {
    const io = this.#io;
    const description = await readJobDescription(folder, job);
    if (!description.ok) {
      this.say(description.failure.message);
      return false;
    }
    const reporters = jobReporter(job, this.board!.get(job), this.reporter);
    const failure = (): Failure | undefined => this.#signals.failure() ?? (stop.aborted ? failed('interrupted', 'interrupted').failure : undefined);
    const ended = await runJob(folder, onItsGpu(description.value, environment), {
      catalog: io.catalog, cache: this.cache!, root: io.root, cwd: io.cwd, stageProcess: { ...io.stageProcess, environment }, processes: this.#processes, reporters,
      signals: { stop, failure, dispose: () => undefined }, stagesAtOnce, givernyVersion, readGit, shown: (path) => shortPath(path, io.cwd),
    });
    if (!ended.ok) this.say(`${this.board!.get(job).title}: ${ended.failure.message}`);
    return ended.ok && ended.value.state === 'done';
  }
}

/** The one GPU that a job sees is its first. Which it is, is in no key. */
function onItsGpu(description: JobDescription, { CUDA_VISIBLE_DEVICES: gpu }: JobShare['environment']): JobDescription {
  return gpu === undefined || description.engine === undefined ? description : { ...description, engine: { ...description.engine, device: 'gpu:0' } };
}

export interface RunningSweep {
  readonly folder: string;
  readonly record: SweepRecord;
  /** Writes the folder: once it is known that nobody else follows this sweep. */
  write(): Promise<Result<void>>;
  readonly executor: ExecutorChoice;
  readonly detach: boolean;
  readonly cache: Cache;
  readonly session: SweepSession;
  readonly io: CommandIo;
}

/** The exit code. Failures: `sweep-in-use`, those of writing the folder and of the executor. */
export async function runSweep(running: RunningSweep): Promise<Result<number>> {
  const { folder, session, cache } = running;
  await cache.sweep();
  const lock = await takeSweepLock(folder, cache, session.stop);
  if (!lock.ok) return lock;
  try {
    return await follow(running);
  } finally {
    await lock.value.release();
  }
}

async function follow({ folder, record, write, executor, detach, cache, session, io }: RunningSweep): Promise<Result<number>> {
  const started = performance.now();
  const changes = new Changes();
  const board = new SweepBoard(folder, io.root, record);
  const [sweep, shown] = [basename(folder), shortPath(folder, io.cwd)];
  Object.assign(session, { board, cache, sweep });
  const written = await write();
  if (!written.ok) return written;
  const opened = await executor.open({
    folder, root: io.root, jobs: record.jobsAtOnce, giverny: [process.execPath, ...process.execArgv, process.argv[1]!], offline: record.offline,
    stop: session.stop, changed: changes.note, say: session.say,
  });
  if (!opened.ok) return opened;
  const { outlives } = opened.value;
  session.outlives = outlives;
  session.reporter.report({ event: 'sweep-started', sweep, folder: shown, on: record.on, counts: board.counts() });
  const followed = await followSweep({ folder, board, executor: opened.value, observeEvery: executor.observeEvery, reporter: session.reporter, stop: session.stop, changes, detach: detach && outlives });
  const over = followed.ok && followed.value;
  if (detach && outlives && record.halving !== undefined && !over) session.say(`only the rungs that can begin now are handed over; each later one needs giverny sweep resume ${sweep}`);
  const end = endOf(board, session, { over, left: detach && outlives });
  session.reporter.report({ event: 'sweep-ended', sweep, folder: shown, state: end.state, counts: board.counts(over), seconds: (performance.now() - started) / 1000, table: shortPath(tableFile(folder), io.cwd) });
  session.close();
  if (!followed.ok) return followed;
  printSweepEnd(board, { folder, over, json: session.json, io });
  return end.exit;
}

/** `left`: the jobs go on, and nobody waits for them. */
function endOf(board: SweepBoard, session: SweepSession, { over, left }: { readonly over: boolean; readonly left: boolean }): { readonly state: 'done' | 'failed' | 'interrupted'; readonly exit: Result<number> } {
  const { done, trials } = board.counts(over);
  const stopped = session.stopped();
  if (done === trials) return { state: 'done', exit: ok(0) };
  if (stopped !== undefined) return { state: 'interrupted', exit: fail(stopped) };
  return left ? { state: 'interrupted', exit: ok(0) } : { state: 'failed', exit: ok(1) };
}

