/** What is said of a sweep as a table, and when it ends. */
import { shortPath } from '../config/tree/source.ts';
import { durationText, figureText } from '../progress/words.ts';
import type { SweepBoard } from '../sweep/sweep-board.ts';
import type { TrialRow } from '../sweep/sweep-table.ts';
import { shortNames, valueText } from '../sweep/spec/axis.ts';
import { tableFile } from '../sweep/sweep-folder.ts';
import type { CommandIo } from './command.ts';
import { formatFailure } from './print-failure.ts';
import { table } from './table.ts';

export function trialsTable({ record }: SweepBoard, rows: readonly TrialRow[]): string {
  const short = shortNames(record.axes);
  const names = [...new Set(rows.flatMap(({ main }) => Object.keys(main)))];
  const headings = ['trial', ...record.axes.map((axis) => short.get(axis)!), 'state', ...(record.halving === undefined ? [] : ['epochs']), 'took', ...names];
  return table(rows.map(({ trial, state, epochs, seconds, main }) => [
    trial.trial, ...record.axes.map((axis) => valueText(trial.values[axis] ?? null)), state, ...(record.halving === undefined ? [] : [epochs === undefined ? '' : String(epochs)]),
    seconds === undefined ? '' : durationText(seconds), ...names.map((name) => (main[name] === undefined ? '' : figureText(main[name]))),
  ]), headings);
}

const tableAtMost = 60;
const failuresShown = 3;

/** The table and the failures for people; the path of table.csv on stdout, for scripts. */
export function printSweepEnd(board: SweepBoard, { folder, over, json, io }: { readonly folder: string; readonly over: boolean; readonly json: boolean; readonly io: CommandIo }): void {
  const rows = board.rows(over);
  if (rows.length <= tableAtMost) io.stderr(`\n${trialsTable(board, rows)}\n`);
  const failed = [...board.jobs].filter(({ state, result }) => state === 'failed' && result !== undefined);
  for (const { title, result } of failed.slice(0, failuresShown)) {
    for (const failure of result!.failures.slice(0, 1)) io.stderr(`${title}\n${formatFailure(failure, io)}\n`);
  }
  if (failed.length > failuresShown) io.stderr(`… and ${failed.length - failuresShown} more: giverny sweep logs ${shortPath(folder, io.cwd)}\n`);
  (json ? io.stderr : io.stdout)(`${shortPath(tableFile(folder), io.cwd)}\n`);
}
