/** table.csv: a row a trial, with its values, how far it is, and its final figures. */
import { writeAtomic } from '../run-folder/write-atomic.ts';
import type { Json } from '../stage.ts';
import type { JobState } from './job-state.ts';
import { tableFile } from './sweep-folder.ts';
import type { SweepRecord, SweepTrial } from './sweep-record.ts';
import type { TrialFigures } from './trial-figures.ts';

/** How a trial stands. */
export interface TrialRow {
  readonly trial: SweepTrial;
  readonly state: JobState | 'stopped';
  /** Where the sweep halves: how far it was trained. */
  readonly epochs?: number;
  /** The run folder that the figures are of. */
  readonly run: string;
  readonly seconds?: number;
  readonly figures: TrialFigures;
  /** The few of them that stand for it. */
  readonly main: TrialFigures;
}

export function tableText({ axes, halving }: Pick<SweepRecord, 'axes' | 'halving'>, rows: readonly TrialRow[]): string {
  const figures = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const heading = ['trial', ...axes, 'state', ...(halving === undefined ? [] : ['epochs']), 'seconds', ...figures, 'run'];
  const lines = rows.map(({ trial, state, epochs, seconds, run, figures: own }) => [
    trial.trial, ...axes.map((axis) => cell(trial.values[axis])), state, ...(halving === undefined ? [] : [cell(epochs)]),
    seconds === undefined ? '' : seconds.toFixed(1), ...figures.map((name) => cell(own[name])), run,
  ]);
  return [heading.map(cell), ...lines].map((line) => `${line.join(',')}\n`).join('');
}

export const writeTable = (folder: string, record: SweepRecord, rows: readonly TrialRow[]): Promise<void> => writeAtomic(tableFile(folder), tableText(record, rows));

/** RFC 4180: quotes where commas, quotes or line breaks are. */
function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
