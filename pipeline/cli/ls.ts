/** `giverny ls`: the runs, newest first. */
import { durationText, figuresText } from '../progress/words.ts';
import { listRuns, type ListedRun } from '../run-folder/list-runs.ts';
import { keyFigures } from '../run-folder/key-figures.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { localTime } from './local-time.ts';
import { printFailure } from './print-failure.ts';
import { table } from './table.ts';

export async function lsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('ls', args, { json: { type: 'boolean' } } as const, 0);
  if (!line.ok) return printFailure(line.failure, io);
  const runs = await listRuns(io.root);
  if (line.value.flags.json === true) {
    for (const run of runs) io.stdout(`${JSON.stringify(jsonOf(run))}\n`);
    return 0;
  }
  if (runs.length === 0) io.stderr('there are no runs here yet: giverny run CONFIG\n');
  else io.stdout(table(runs.map(rowOf), ['run', 'state', 'started', 'took', 'results']));
  return 0;
}

function rowOf({ run, state, latest, record }: ListedRun): readonly string[] {
  return [
    latest ? `${run} (latest)` : run, state, localTime(record.startedAt),
    record.seconds === undefined ? '' : durationText(record.seconds), figuresText(keyFigures(record)),
  ];
}

function jsonOf({ run, folder, state, latest, record }: ListedRun): unknown {
  const { startedAt, endedAt, seconds, engine, command } = record;
  return { run, folder, state, latest, digest: record.digest, startedAt, endedAt, seconds, engine, command, results: keyFigures(record) };
}
