/** `giverny plan CONFIG [path=value…]`: per stage a hit, a run and why, or that it depends on what another makes. Loads no engine. */
import { join } from 'node:path';
import { forecast, type StageForecast } from '../execute/forecast.ts';
import { shortPath } from '../config/tree/source.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import { earlierRecord } from '../run-folder/run-folder.ts';
import { bytesText, durationText } from '../progress/words.ts';
import type { CommandIo } from './command.ts';
import { makePlan, type MadePlan } from './make-plan.ts';
import { printFailure } from './print-failure.ts';
import { readRunArguments, type RunArguments } from './run-arguments.ts';
import { table } from './table.ts';

export async function planCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readRunArguments('plan', args);
  return given.ok ? planFrom(given.value, io) : printFailure(given.failure, io);
}

/** Exit code 2 where there is work, 0 where there is none. */
export async function planFrom(given: RunArguments, io: CommandIo): Promise<number> {
  const made = await makePlan(given, io, {
    provision: false, offline: given.offline, stop: new AbortController().signal, progress: () => undefined, say: (line) => io.stderr(`${line}\n`),
  });
  if (!made.ok) return printFailure(made.failure, io);
  const earlier = await earlierRecord(join(runsFolder(io.root), made.value.plan.runName), made.value.plan);
  const stages = await forecast(made.value.plan, made.value.cache, made.value.forced, (path) => shortPath(path, io.cwd), earlier.ok ? earlier.value : undefined);
  if (given.json) printJson(stages, made.value, io);
  else printTable(stages, made.value, io);
  return stages.every((stage) => stage.kind === 'hit') ? 0 : 2;
}

function printJson(stages: readonly StageForecast[], { plan }: MadePlan, io: CommandIo): void {
  for (const stage of stages) io.stdout(`${JSON.stringify({ run: plan.runName, ...stage })}\n`);
}

function printTable(stages: readonly StageForecast[], { plan }: MadePlan, io: CommandIo): void {
  const { engine } = plan;
  io.stdout(`${plan.runName}${engine === undefined ? '' : `  (${engine.backend} ${engine.version}, ${engine.device})`}\n\n`);
  io.stdout(table(stages.map((stage) => [stage.stage, words[stage.kind], lastTime(stage), why(stage)])));
  const work = stages.filter((stage) => stage.kind !== 'hit');
  io.stdout(work.length === 0 ? '\nnothing to run\n' : `\n${total(work)}\n`);
}

const words = { hit: 'cached', run: 'run', depends: 'depends' } as const;

function lastTime({ kind, seconds, reckoned }: StageForecast): string {
  if (seconds === undefined) return '';
  if (reckoned === true) return `about ${durationText(seconds)}, by the last time`;
  return kind === 'hit' ? `took ${durationText(seconds)}` : `about ${durationText(seconds)} last time`;
}

function why(stage: StageForecast): string {
  if (stage.kind === 'depends') return `on the output of ${stage.on.join(', ')}`;
  return stage.kind === 'run' ? stage.reason : '';
}

/** `2 stages to run (those that depend may turn out cached): about 3 min last time, and 1.2 GB of disk`. */
function total(work: readonly StageForecast[]): string {
  const counted = `${work.length} ${work.length === 1 ? 'stage' : 'stages'} to run`;
  const possibly = work.some((stage) => stage.kind === 'depends') ? ' (those that depend may turn out cached)' : '';
  const known = work.filter((stage) => stage.seconds !== undefined);
  if (known.length === 0) return counted + possibly;
  const seconds = known.reduce((sum, stage) => sum + stage.seconds!, 0);
  const bytes = known.reduce((sum, stage) => sum + (stage.bytes ?? 0), 0);
  const unknown = known.length < work.length ? `, ${work.length - known.length} of unknown length` : '';
  return `${counted}${possibly}: about ${durationText(seconds)} last time, and ${bytesText(bytes)} of disk${unknown}`;
}
