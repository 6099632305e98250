/** `giverny translate RUN IMAGE|FOLDER…`: the stage `translate` on a run's networks, its pictures into a folder of the user's. */
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { EngineSelectionHelp } from '../catalog.ts';
import { shortPath } from '../config/tree/source.ts';
import type { JobInput, StageJob } from '../execute/job.ts';
import { runInProcess } from '../execute/run-in-process.ts';
import { StageProcesses } from '../execute/stage-processes.ts';
import { listenForStop, type StopSignals } from '../execute/stop-signals.ts';
import { failed, ok, type Failure, type Result } from '../failure.ts';
import type { Reporter } from '../progress/events.ts';
import { plainReporter } from '../progress/plain.ts';
import { terminalReporter } from '../progress/terminal.ts';
import { findRun } from '../run-folder/find-run.ts';
import type { EngineSelection } from '../stage.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { readTranslateArguments, type TranslateArguments } from './translate-arguments.ts';
import { namedImages, type NamedImages } from './translate-files.ts';
import { trainedNetworks } from './translate-networks.ts';

export async function translateCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const asked = readTranslateArguments(args);
  if (!asked.ok) return printFailure(asked.failure, io);
  const found = await findRun(asked.value.run, io.root, io.cwd);
  if (!found.ok) return printFailure(found.failure, io);
  const networks = trainedNetworks(found.value, asked.value.stage);
  if (!networks.ok) return printFailure(networks.failure, io);
  const into = resolve(io.cwd, asked.value.into);
  const images = namedImages({ ...asked.value, into, cwd: io.cwd });
  if (!images.ok) return printFailure(images.failure, io);
  return withSignals(io, { asked: asked.value, into, networks: networks.value, images: images.value });
}

interface Task {
  readonly asked: TranslateArguments;
  /** Absolute. */
  readonly into: string;
  readonly networks: JobInput;
  readonly images: readonly NamedImages[];
}

interface Surroundings {
  readonly io: CommandIo;
  readonly reporter: Reporter;
  readonly signals: StopSignals;
  readonly processes: StageProcesses;
}

async function withSignals(io: CommandIo, task: Task): Promise<number> {
  const reporter = io.terminal ? terminalReporter({ stream: process.stderr, color: io.color }) : plainReporter({ write: io.stderr });
  const processes = new StageProcesses();
  const signals = listenForStop({ first: () => undefined, second: () => processes.kill() });
  try {
    const written = await translate(task, { io, reporter, signals, processes });
    reporter.close();
    if (!written.ok) return printFailure(withWayOn(written.failure, signals), io);
    io.stderr(`${written.value.length} ${written.value.length === 1 ? 'image' : 'images'} translated to ${task.asked.params.to}\n`);
    io.stdout(`${shortPath(written.value.length === 1 ? written.value[0]! : task.into, io.cwd)}\n`);
    return 0;
  } finally {
    signals.dispose();
  }
}

const withWayOn = (failure: Failure, signals: StopSignals): Failure =>
  failure.code === 'interrupted' ? { ...signals.failure() ?? failure, message: 'stopped; the images that were done are there', hint: '--overwrite begins again' } : failure;

/** Returns the absolute paths of what was written. */
async function translate(task: Task, around: Surroundings): Promise<Result<readonly string[]>> {
  const engine = await selectEngine(task.asked, around);
  if (!engine.ok) return engine;
  const work = await mkdtemp(join(tmpdir(), 'giverny-translate-'));
  try {
    return await runStage(await jobFor(task, engine.value, work), task, around);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function selectEngine({ backend, offline }: TranslateArguments, { io, reporter, signals }: Surroundings): Promise<Result<EngineSelection>> {
  const help: EngineSelectionHelp = {
    provision: true, offline, stop: signals.stop,
    progress: (label, progress) => reporter.report({ event: 'preparing', label, progress }),
    say: (line) => reporter.report({ event: 'message', line }),
  };
  return io.catalog.selectEngine({ backend }, help);
}

const folder = 'translated';

async function jobFor({ asked, networks, images }: Task, engine: EngineSelection, work: string): Promise<StageJob> {
  const [out, scratch] = [join(work, 'out'), join(work, 'scratch')];
  for (const each of [out, scratch]) await mkdir(each);
  return {
    stage: 'translate', uses: 'translate', seed: 0, inputs: [networks], out, scratch, engine, offline: asked.offline,
    params: { ...asked.params, folder, images: images.map(({ path }) => path) },
    outside: images.map(({ files }, index) => ({ name: `images.${index}`, digest: '', ...(files && { files: files.map((path) => ({ path, digest: '' })) }) })),
  };
}

async function runStage(job: StageJob, { into }: Task, { io, reporter, signals, processes }: Surroundings): Promise<Result<readonly string[]>> {
  const written: string[] = [];
  const said: string[] = [];
  const end = await runInProcess(job, {
    entry: io.stageProcess, stop: signals.stop, processes, started: () => Promise.resolve(),
    hooks: {
      progress: (progress) => reporter.report({ event: 'preparing', label: 'translate', progress }),
      log: (line) => said.push(line),
      warn: (line) => reporter.report({ event: 'message', line }),
      publish: async (paths) => {
        for (const path of paths) written.push(await moveInto(into, join(job.out, path), relative(folder, path)));
      },
    },
  });
  if (end.kind === 'returned') return end.result.ok ? ok(written) : end.result;
  if (signals.stop.aborted) return failed('interrupted', 'interrupted');
  const how = end.kind === 'threw' ? end.error.stack ?? end.error.message : `its process ended with ${end.signal ?? `code ${end.code ?? 'none'}`}`;
  return end.kind === 'died' && end.signal === 'SIGKILL'
    ? failed('stage-killed', 'translate was killed by the system, probably out of memory', { hint: 'smaller tiles: --tile 256' })
    : failed('stage-crashed', `translate failed: ${how}`, { hint: said.slice(-3).join('; ') || 'this is a bug' });
}

/** Whole or not at all, also where the folder lies on another file system. */
async function moveInto(into: string, made: string, below: string): Promise<string> {
  const to = join(into, below);
  await mkdir(dirname(to), { recursive: true });
  const unfinished = `${to}.${process.pid}.tmp`;
  await copyFile(made, unfinished);
  await rename(unfinished, to);
  await rm(made);
  return to;
}
