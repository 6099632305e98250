/** `giverny show [RUN [STAGE]]`: one run's stages, times, results and files, or the files that one of its stages made. */
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { durationText, figuresText } from '../progress/words.ts';
import { findRun } from '../run-folder/find-run.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';
import { noLabels, readLabels, type Labels } from '../run-folder/labels.ts';
import type { RunRecord, StageRecord } from '../run-folder/run-record.ts';
import { timeTaken } from '../run-folder/time-taken.ts';
import { sweepMembership, type TrialOf } from '../query/sweep-membership.ts';
import type { Json } from '../stage.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { localTime } from './local-time.ts';
import { printFailure } from './print-failure.ts';
import { shortPath } from '../config/tree/source.ts';
import { outputTable, stageOutputs } from './show-outputs.ts';
import { table } from './table.ts';

export async function showCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('show', args, { json: { type: 'boolean' } } as const, 2);
  if (!line.ok) return printFailure(line.failure, io);
  const found = await findRun(line.value.positionals[0] ?? 'latest', io.root, io.cwd);
  if (!found.ok) return printFailure(found.failure, io);
  const stage = line.value.positionals[1];
  if (stage !== undefined) return showStage(found.value, stage, line.value.flags.json === true, io);
  if (line.value.flags.json === true) {
    await printJson(found.value, io);
    return 0;
  }
  await print(found.value, io);
  return 0;
}

async function printJson({ run, folder, record, state }: ListedRun, io: CommandIo): Promise<void> {
  const trials = (await sweepMembership(resolve(folder, '../..'))).ofRun(run).map(({ sweep, trial }) => ({ sweep, trial: trial.trial, values: trial.values }));
  io.stdout(`${JSON.stringify({ run, folder, ...record, state, took: timeTaken(record), ...labelsOf(folder, io), sweeps: trials })}\n`);
}

async function showStage(run: ListedRun, stage: string, json: boolean, io: CommandIo): Promise<number> {
  const outputs = await stageOutputs(run, stage);
  if (!outputs.ok) return printFailure(outputs.failure, io);
  io.stdout(json ? `${JSON.stringify({ run: run.run, stage, ...run.record.stages[stage], files: outputs.value })}\n` : outputTable(outputs.value));
  return 0;
}

async function print({ run, folder, state, record }: ListedRun, io: CommandIo): Promise<void> {
  const { engine } = record;
  const [seconds, sweeps, labels] = [timeTaken(record), (await sweepMembership(resolve(folder, '../..'))).ofRun(run), labelsOf(folder, io)];
  io.stdout(`${run}\n\n`);
  io.stdout(table([
    ['state', state],
    ['started', localTime(record.startedAt)],
    ...(seconds === undefined ? [] : [['took', tookText(seconds, record.seconds!)]]),
    ...(engine === undefined ? [] : [['engine', `${engine.backend} ${engine.version}, ${engine.device}`]]),
    ['command', record.command.join(' ')],
    ...changesOf(record, sweeps).map((change, index) => [index === 0 ? 'changed' : '', change]),
    ...sweeps.map(({ sweep, trial }, index) => [index === 0 ? 'sweep' : '', `${sweep}, trial ${trial.trial}: ${valuesText(trial.values)}`]),
    ['folder', shortPath(folder, io.cwd)],
    ...(labels.tags.length === 0 ? [] : [['tags', labels.tags.join(' ')]]),
    ...(labels.note ?? '').split('\n').filter((text) => text !== '').map((text, index) => [index === 0 ? 'note' : '', text]),
  ]));
  io.stdout(`\n${table(Object.entries(record.stages).map(([name, stage]) => stageRow(name, stage)), ['stage', 'state', 'took', 'why', 'last figures'])}`);
  if (record.summary.length > 0) io.stdout(`\n${record.summary.join('\n')}\n`);
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.name.startsWith('.'));
  io.stdout(`\n${files.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort().join('  ')}\n`);
}

/** A repeat, or a run of which much was cached, takes less than what it has took. */
const tookText = (all: number, last: number): string => (all - last < 1 ? durationText(all) : `${durationText(all)}, of which ${durationText(last)} in its last execution`);

/** What was changed in its config file: by the command, or by the sweep that it is a trial of. */
function changesOf({ command }: RunRecord, [trialOf]: readonly TrialOf[]): readonly string[] {
  const typed = command[1] === 'sweep' ? trialOf?.trial.overrides ?? [] : command.slice(3).map((argument) => argument.replace(/^'(.*)'$/, '$1'));
  return typed.filter((argument) => /^[^-=]+=/.test(argument)).map((change) => clipped(change.replace('=', ' = ')));
}

const clipped = (text: string): string => (text.length > 70 ? `${text.slice(0, 69)}…` : text);

const valuesText = (values: Readonly<Record<string, Json>>): string => Object.entries(values).map(([path, value]) => `${path} = ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ');

function labelsOf(folder: string, io: CommandIo): Labels {
  const labels = readLabels(folder);
  if (!labels.ok) printFailure(labels.failure, io);
  return labels.ok ? labels.value : noLabels;
}

const stageRow = (name: string, stage: StageRecord): readonly string[] => [
  name, stage.state === 'hit' ? 'cached' : stage.state, stage.seconds === undefined ? '' : durationText(stage.seconds),
  stage.failure?.message ?? (stage.state === 'hit' ? '' : stage.reason ?? ''), stage.figures === undefined ? '' : figuresText(stage.figures),
];
