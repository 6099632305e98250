/** A stage of the catalog on a run's networks, apart from any config: what `translate` and `export` do. Its files go to a folder of the user's. */
import { statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { JobInput, StageJob } from '../execute/job.ts';
import { runInProcess } from '../execute/run-in-process.ts';
import { StageProcesses } from '../execute/stage-processes.ts';
import { listenForStop, type StopSignals } from '../execute/stop-signals.ts';
import { fileFailure } from '../cache/file-failure.ts';
import { fail, failed, ok, type Failure, type Result } from '../failure.ts';
import type { Reporter } from '../progress/events.ts';
import { plainReporter } from '../progress/plain.ts';
import { terminalReporter } from '../progress/terminal.ts';
import type { CommandIo } from './command.ts';

export interface OnRun {
  readonly io: CommandIo;
  readonly reporter: Reporter;
  readonly signals: StopSignals;
  readonly processes: StageProcesses;
}

/** Progress and Ctrl-C around `work`; afterwards nothing draws or listens any more. */
export async function onRun<T>(io: CommandIo, work: (around: OnRun) => Promise<T>): Promise<T> {
  const reporter = io.terminal ? terminalReporter({ stream: process.stderr, color: io.color }) : plainReporter({ write: io.stderr });
  const processes = new StageProcesses();
  const signals = listenForStop({ first: () => undefined, second: () => processes.kill() });
  try {
    return await work({ io, reporter, signals, processes });
  } finally {
    reporter.close();
    signals.dispose();
  }
}

/** `folder`, a parameter of these stages, is below their outputs: it is `into` here. */
export interface StageOnRun extends Pick<StageJob, 'uses' | 'engine' | 'outside' | 'offline'> {
  readonly params: object;
  readonly networks: JobInput;
  /** Absolute. */
  readonly into: string;
}

/** What `-o` means: a folder, there or not yet. */
export function folderFor(written: string, cwd: string): Result<string> {
  const into = resolve(cwd, written);
  const stats = statSync(into, { throwIfNoEntry: false });
  return stats === undefined || stats.isDirectory() ? ok(into) : failed('usage', `-o takes a folder, and ${written} is a file`, { expected: 'a folder, which may not exist yet' });
}

const folder = 'made';

/** Returns the absolute paths of what was written; each file is there, whole, as soon as it is done. */
export async function runStageOnRun({ into, networks, params, ...job }: StageOnRun, around: OnRun): Promise<Result<readonly string[]>> {
  const work = await mkdtemp(join(tmpdir(), `giverny-${job.uses}-`));
  try {
    const [out, scratch] = [join(work, 'out'), join(work, 'scratch')];
    for (const each of [out, scratch]) await mkdir(each);
    return await runJob({ ...job, stage: job.uses, seed: 0, inputs: [networks], out, scratch, params: { ...params, folder } }, into, around);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function runJob(job: StageJob, into: string, { io, reporter, signals, processes }: OnRun): Promise<Result<readonly string[]>> {
  const written: string[] = [];
  const said: string[] = [];
  let refused: Failure | undefined;
  const end = await runInProcess(job, {
    entry: io.stageProcess, stop: signals.stop, processes, started: () => Promise.resolve(),
    hooks: {
      progress: (progress) => reporter.report({ event: 'preparing', label: job.stage, progress }),
      log: (line) => said.push(line),
      warn: (line) => reporter.report({ event: 'message', line }),
      publish: async (paths) => {
        for (const path of paths) {
          const to = join(into, relative(folder, path));
          await moveTo(to, join(job.out, path)).catch((error: unknown) => {
            refused = fileFailure(error, to).failure;
            throw error;
          });
          written.push(to);
        }
      },
    },
  });
  if (refused !== undefined) return fail(refused);
  if (end.kind === 'returned' && (end.result.ok || !signals.stop.aborted)) return end.result.ok ? ok(written) : end.result;
  if (signals.stop.aborted) return fail({ ...signals.failure()!, message: `stopped; what was done of ${job.stage} is there`, hint: '--overwrite begins again' });
  if (end.kind === 'died' && end.signal === 'SIGKILL') return failed('stage-killed', `${job.stage} was killed by the system, probably out of memory`, { hint: 'smaller images, or smaller tiles' });
  const how = end.kind === 'threw' ? end.error.stack : end.kind === 'died' ? `its process ended with ${end.signal ?? `code ${end.code ?? 'none'}`}` : '';
  return failed('stage-crashed', `${job.stage} failed: ${how}`, { hint: said.slice(-3).join('; ') || 'this is a bug' });
}

/** Whole or not at all, also where the folder lies on another file system. */
async function moveTo(to: string, made: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const unfinished = `${to}.${process.pid}.tmp`;
  try {
    await copyFile(made, unfinished);
    await rename(unfinished, to);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await rm(made);
}
