/** `giverny ls`: the runs, newest first. */
import { durationText, figuresText } from '../progress/words.ts';
import { listDamagedRuns, listRuns, type DamagedRun, type ListedRun } from '../run-folder/list-runs.ts';
import { keyFigures } from '../run-folder/key-figures.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { localTime } from './local-time.ts';
import { printFailure } from './print-failure.ts';
import { table } from './table.ts';

export async function lsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = readCommandLine('ls', args, { json: { type: 'boolean' } } as const, 0);
  if (!line.ok) return printFailure(line.failure, io);
  const [runs, damaged] = await Promise.all([listRuns(io.root), listDamagedRuns(io.root)]);
  if (line.value.flags.json === true) {
    for (const run of [...runs.map(jsonOf), ...damaged.map(damagedJson)]) io.stdout(`${JSON.stringify(run)}\n`);
    return 0;
  }
  if (runs.length + damaged.length === 0) io.stderr('there are no runs here yet: giverny run CONFIG\n');
  else io.stdout(table([...runs.map(rowOf), ...damaged.map(damagedRow)], ['run', 'state', 'started', 'took', 'results']));
  return 0;
}

function rowOf({ run, state, latest, record }: ListedRun): readonly string[] {
  return [
    nameOf({ run, latest }), state, localTime(record.startedAt),
    record.seconds === undefined ? '' : durationText(record.seconds), figuresText(keyFigures(record)),
  ];
}

function jsonOf({ run, folder, state, latest, record }: ListedRun): unknown {
  const { startedAt, endedAt, seconds, engine, command } = record;
  return { run, folder, state, latest, digest: record.digest, startedAt, endedAt, seconds, engine, command, results: keyFigures(record) };
}

/** `giverny show` says what is wrong with it. */
const damagedRow = (run: DamagedRun): readonly string[] => [nameOf(run), 'damaged'];

const damagedJson = ({ run, folder, latest, failure }: DamagedRun): unknown => ({ run, folder, state: 'damaged', latest, failure });

const nameOf = ({ run, latest }: Pick<ListedRun, 'run' | 'latest'>): string => (latest ? `${run} (latest)` : run);
