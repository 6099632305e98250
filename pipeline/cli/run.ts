/** `giverny run CONFIG [path=value…]`. */
import type { EngineSelectionHelp } from '../catalog.ts';
import type { Failure } from '../failure.ts';
import { configDigest } from '../execute/choose-engine.ts';
import { finishedRun, type FinishedRun } from '../execute/finished-run.ts';
import { listenForStop, type StopSignals } from '../execute/stop-signals.ts';
import { StageProcesses } from '../execute/stage-processes.ts';
import { Reporters, type Reporter } from '../progress/events.ts';
import { jsonLinesReporter } from '../progress/json-lines.ts';
import { plainReporter } from '../progress/plain.ts';
import { terminalReporter } from '../progress/terminal.ts';
import { Underway } from '../progress/underway.ts';
import { durationText } from '../progress/words.ts';
import { pointLatestTo } from '../run-folder/latest.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import type { CommandIo } from './command.ts';
import { makePlan, type MadePlan } from './make-plan.ts';
import { printFailure } from './print-failure.ts';
import { readRunArguments, typedCommand, type RunArguments } from './run-arguments.ts';
import { shortPath } from '../config/tree/source.ts';
import { givernyVersion } from './version.ts';
import { writableRoot } from './writable-root.ts';

export async function runCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readRunArguments('run', args);
  if (!given.ok) return printFailures([given.failure], io);
  if (given.value.dryRun) return (await import('./plan.ts')).planFrom(given.value, io);
  const processes = new StageProcesses();
  const underway = new Underway();
  const reporters = new Reporters([...reportersFor(given.value, io), underway]);
  const signals = listenForStop({
    first: () => reporters.report({ event: 'message', line: `${underway.keepsCheckpoints ? 'finishing the current step and writing a checkpoint' : 'stopping'}; Ctrl-C again stops at once` }),
    second: () => {
      processes.kill();
      reporters.close();
    },
  });
  try {
    return await runWith({ given: given.value, command: typedCommand('run', args), io, reporters, processes, signals });
  } finally {
    signals.dispose();
    reporters.close();
  }
}

interface Running {
  readonly given: RunArguments;
  readonly command: readonly string[];
  readonly io: CommandIo;
  readonly reporters: Reporters;
  readonly processes: StageProcesses;
  readonly signals: StopSignals;
}

async function runWith(running: Running): Promise<number> {
  const { given, io, reporters, signals } = running;
  const made = await makePlan(given, io, engineHelp(running));
  if (!made.ok) {
    reporters.close();
    const stopped = made.failure.code === 'interrupted' ? signals.failure() : undefined;
    return printFailures([stopped ?? made.failure], io);
  }
  // Also where there is nothing to do: the run that left something may have been done but for its last steps.
  await made.value.cache.sweep();
  if (made.value.forced.size === 0) {
    const finished = await finishedRun(made.value.plan, made.value.cache, io.root);
    if (!finished.ok) return printFailures([finished.failure], io);
    if (finished.value !== undefined) return sayNothingToDo(finished.value, made.value, running);
  }
  return execute(made.value, running);
}

async function execute({ plan, places, cache, forced, latest }: MadePlan, running: Running): Promise<number> {
  const { given, io, reporters, signals, processes, command } = running;
  const writable = writableRoot(io.root);
  if (!writable.ok) {
    reporters.close();
    return printFailures([writable.failure], io);
  }
  const { runPlan } = await import('../execute/run-plan.ts');
  const outcome = await runPlan({
    plan, places, cache, forced, command, latest, reporters, processes, signals, givernyVersion,
    configDigest: configDigest(plan.config), catalog: io.catalog, root: io.root, stageProcess: io.stageProcess,
    jobs: given.jobs, offline: given.offline, shown: (path) => shortPath(path, io.cwd),
  });
  reporters.close();
  if (!outcome.ok) return printFailures([outcome.failure], io);
  const { summary, failures, report, state, folder } = outcome.value;
  printSummary(summary, io);
  const code = printFailures(failures, io);
  io.stderr(`${state === 'done' ? 'done' : 'run folder'}: ${shortPath(folder, io.cwd)}\n`);
  printReport(report, given, io);
  return code;
}

async function sayNothingToDo({ folder, record }: FinishedRun, { plan }: MadePlan, { io, given, reporters }: Running): Promise<number> {
  const unmoved = await pointLatestTo(runsFolder(io.root), plan.runName);
  if (unmoved !== undefined) reporters.report({ event: 'message', line: unmoved });
  const report = `${folder}/${record.report!}`;
  const shown = shortPath(folder, io.cwd);
  if (given.json) reporters.report({ event: 'run-ended', run: plan.runName, folder: shown, state: 'done', seconds: 0, summary: record.summary, report: shortPath(report, io.cwd) });
  reporters.close();
  printSummary(record.summary, io);
  io.stderr(`nothing to do: ${shown} is done (${durationText(record.seconds ?? 0)} on ${record.startedAt.slice(0, 10)})\n`);
  printReport(report, given, io);
  return 0;
}

function reportersFor({ json }: RunArguments, io: CommandIo): readonly Reporter[] {
  const people = io.terminal ? terminalReporter({ stream: process.stderr, color: io.color }) : plainReporter({ write: io.stderr });
  return json ? [people, jsonLinesReporter({ write: io.stdout })] : [people];
}

function engineHelp({ given, reporters, signals }: Running): EngineSelectionHelp {
  return {
    provision: true, offline: given.offline, stop: signals.stop,
    progress: (label, progress) => reporters.report({ event: 'preparing', label, progress }),
    say: (line) => reporters.report({ event: 'message', line }),
  };
}

/** Returns the exit code: the first failure's, 0 without one. */
function printFailures(failures: readonly Failure[], io: CommandIo): number {
  for (const failure of failures) printFailure(failure, io);
  return failures[0]?.exit ?? 0;
}

function printSummary(summary: readonly string[], io: CommandIo): void {
  if (summary.length > 0) io.stderr(`\n${summary.join('\n')}\n\n`);
}

/** The last line, and on stdout: what a script may want to open. */
function printReport(report: string | undefined, { json }: RunArguments, io: CommandIo): void {
  if (report === undefined) return;
  (json ? io.stderr : io.stdout)(`${shortPath(report, io.cwd)}\n`);
}
