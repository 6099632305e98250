/** `giverny sweep-job FOLDER JOB`: one job of a sweep, in a process of its own on any machine that sees the folder. */
import { availableParallelism, hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import { openCache, type Cache, type Lease } from '../cache/cache.ts';
import { StageProcesses } from '../execute/stage-processes.ts';
import { listenForStop, type StopSignals } from '../execute/stop-signals.ts';
import { failed, fail, ok, type Failure, type Result } from '../failure.ts';
import { digestText } from '../plan/digest.ts';
import { Reporters } from '../progress/events.ts';
import { plainReporter } from '../progress/plain.ts';
import { shortPath } from '../config/tree/source.ts';
import { readJobDescription, readJobResult, type JobDescription, type JobResult } from '../sweep/job.ts';
import { runJob } from '../sweep/run-job.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { givernyVersion } from './version.ts';

export async function sweepJobCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('sweep-job', args, {}, 2);
  if (!line.ok) return printFailure(line.failure, io);
  const [written, job] = line.value.positionals;
  if (written === undefined || job === undefined) return printFailure(failed('usage', 'giverny sweep-job needs a sweep\'s folder and a job').failure, io);
  const reporters = new Reporters([plainReporter({ write: io.stderr })]);
  const processes = new StageProcesses();
  const signals = listenForStop({ first: () => reporters.report({ event: 'message', line: 'stopping' }), second: () => processes.kill() });
  try {
    const folder = resolve(io.cwd, written);
    const ended = await runAlone(folder, job, { io: { ...io, root: resolve(folder, '../../..') }, reporters, processes, signals });
    if (!ended.ok) return printFailure(ended.failure, io);
    for (const failure of ended.value.failures) printFailure(failure, io);
    io.stderr(`${job}: ${ended.value.state}\n`);
    return ended.value.exit ?? 0;
  } finally {
    signals.dispose();
    reporters.close();
  }
}

interface Running {
  readonly io: CommandIo;
  readonly reporters: Reporters;
  readonly processes: StageProcesses;
  readonly signals: StopSignals;
}

/**
 * Under a lease of the job: of two processes that were given it, one runs it, and the other finds it done. (A node that is
 * lost to Slurm may compute on, and Slurm starts the job elsewhere: failing there would end what waits for the job.)
 */
async function runAlone(folder: string, job: string, running: Running): Promise<Result<JobResult>> {
  const { io, signals, reporters } = running;
  const description = await readJobDescription(folder, job);
  if (!description.ok) return description;
  const cache = await openCache(io.root);
  if (!cache.ok) return cache;
  const lease = await takeJob(cache.value, folder, job, running);
  if (!lease.ok) return lease;
  try {
    const before = await readJobResult(folder, job);
    if (before.ok && before.value?.state === 'done' && before.value.identity === description.value.identity && description.value.kind === 'shared') return ok(before.value);
    await cache.value.sweep();
    return await runJob(folder, description.value, {
      catalog: io.catalog, cache: cache.value, root: io.root, cwd: io.cwd, stageProcess: io.stageProcess, processes: running.processes, reporters, signals,
      stagesAtOnce: availableParallelism(), givernyVersion, prepare: (job) => engineOffered(job, running), shown: (path) => shortPath(path, io.cwd),
    });
  } finally {
    await lease.value.release();
  }
}

async function takeJob(cache: Cache, folder: string, job: string, { signals, reporters }: Running): Promise<Result<Lease>> {
  const lease = await cache.lease(digestText(`sweep job ${basename(folder)} ${job}`), {
    stage: job, stop: signals.stop,
    onWait: ({ pid, host }) => reporters.report({ event: 'message', line: `process ${pid}${host === hostname() ? '' : ` on ${host}`} is running ${job}: waiting for it` }),
  });
  return lease.ok ? lease : fail(signals.failure() ?? lease.failure);
}

/** The engine of the plan, installed here where it is missing. */
async function engineOffered({ engine, offline }: JobDescription, { io, signals, reporters }: Running): Promise<Result<void>> {
  if (engine === undefined) return ok(undefined);
  const { backend, device, threads } = engine;
  const selected = await io.catalog.selectEngine({ backend, device, ...(threads === undefined ? {} : { threads }) }, {
    provision: true, offline, stop: signals.stop,
    progress: (label, progress) => reporters.report({ event: 'preparing', label, progress }),
    say: (line) => reporters.report({ event: 'message', line }),
  });
  if (!selected.ok) return selected;
  if (selected.value.backend === backend && selected.value.version === engine.version) return ok(undefined);
  return fail(otherEngine(engine.version, selected.value.version, backend));
}

const otherEngine = (planned: string, here: string, backend: string): Failure =>
  failed('engine-unavailable', `the sweep was planned for ${backend} ${planned}, and ${hostname()} has ${here}`, { hint: 'The same giverny has to be installed on all machines of a sweep.' }).failure;
