/** What stands in a row of `giverny ls`: the usual columns, or fields that were asked for. */
import { durationText, figureText } from '../progress/words.ts';
import type { FieldValue } from '../query/compare.ts';
import { fieldOf, type QueriedRun } from '../query/run-fields.ts';
import { keyFigures } from '../run-folder/key-figures.ts';
import type { Json } from '../stage.ts';
import { localTime } from './local-time.ts';

const usual = ['run', 'state', 'started', 'took', 'tags', 'results'] as const;

/** `results`, several figures in one, is no field of the query language. */
export const resultsColumn = 'results';

/** Tags only where a run has some. `axes`: of the sweep whose trials are listed. */
export function usualColumns(runs: readonly QueriedRun[], axes: readonly string[] = []): readonly string[] {
  const tagged = runs.some((run) => run.labels().tags.length > 0);
  const columns = usual.filter((column) => column !== 'tags' || tagged);
  return [...columns.slice(0, 2), ...axes, ...columns.slice(2)];
}

export function cellOf(column: string, run: QueriedRun, now: number): string {
  if (column === 'run') return run.latest ? `${run.run} (latest)` : run.run;
  if (column === resultsColumn) return resultsText(keyFigures(run.record));
  return textOf(fieldOf(column, run, now));
}

/** As many figures as a line has room for. */
const figuresShown = 3;

export function resultsText(figures: Readonly<Record<string, number>>): string {
  const all = Object.entries(figures).map(([name, value]) => `${name} ${figureText(value)}`);
  return all.length > figuresShown ? `${all.slice(0, figuresShown).join('  ')}  …` : all.join('  ');
}

function textOf(field: FieldValue): string {
  if (field.value === undefined) return '';
  switch (field.kind) {
    case 'time': return localTime(new Date(field.value).toISOString());
    case 'duration': return durationText(field.value);
    case 'set': return field.value.join(', ');
    case 'value': return valueText(field.value);
  }
}

function valueText(value: Json): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : figureText(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Exactly, for `--json`: times as ISO texts, durations in seconds. */
export function jsonOf(column: string, run: QueriedRun, now: number): Json {
  if (column === resultsColumn) return keyFigures(run.record);
  const field = fieldOf(column, run, now);
  if (field.value === undefined) return null;
  return field.kind === 'time' ? new Date(field.value).toISOString() : field.value as Json;
}
