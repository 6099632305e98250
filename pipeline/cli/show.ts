/** `giverny show [RUN [STAGE]]`: one run's stages, times, results and files, or the files that one of its stages made. */
import { readdir } from 'node:fs/promises';
import { durationText, figuresText } from '../progress/words.ts';
import { findRun } from '../run-folder/find-run.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';
import type { StageRecord } from '../run-folder/run-record.ts';
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
    io.stdout(`${JSON.stringify({ run: found.value.run, folder: found.value.folder, ...found.value.record, state: found.value.state })}\n`);
    return 0;
  }
  await print(found.value, io);
  return 0;
}

async function showStage(run: ListedRun, stage: string, json: boolean, io: CommandIo): Promise<number> {
  const outputs = await stageOutputs(run, stage);
  if (!outputs.ok) return printFailure(outputs.failure, io);
  io.stdout(json ? `${JSON.stringify({ run: run.run, stage, ...run.record.stages[stage], files: outputs.value })}\n` : outputTable(outputs.value));
  return 0;
}

async function print({ run, folder, state, record }: ListedRun, io: CommandIo): Promise<void> {
  const { engine } = record;
  io.stdout(`${run}\n\n`);
  io.stdout(table([
    ['state', state],
    ['started', localTime(record.startedAt)],
    ...(record.seconds === undefined ? [] : [['took', durationText(record.seconds)]]),
    ...(engine === undefined ? [] : [['engine', `${engine.backend} ${engine.version}, ${engine.device}`]]),
    ['command', record.command.join(' ')],
    ['folder', shortPath(folder, io.cwd)],
  ]));
  io.stdout(`\n${table(Object.entries(record.stages).map(([name, stage]) => stageRow(name, stage)), ['stage', 'state', 'took', 'why', 'last figures'])}`);
  if (record.summary.length > 0) io.stdout(`\n${record.summary.join('\n')}\n`);
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.name.startsWith('.'));
  io.stdout(`\n${files.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort().join('  ')}\n`);
}

const stageRow = (name: string, stage: StageRecord): readonly string[] => [
  name, stage.state === 'hit' ? 'cached' : stage.state, stage.seconds === undefined ? '' : durationText(stage.seconds),
  stage.failure?.message ?? (stage.state === 'hit' ? '' : stage.reason ?? ''), stage.figures === undefined ? '' : figuresText(stage.figures),
];
