/** Results as text: a table a task. */
import { rows, type Results, type Row } from './results.ts';
import { taskName, type Task } from './task.ts';

const columns: readonly { readonly title: string; readonly of: (row: Row) => string; readonly left?: true }[] = [
  { title: '', of: ({ label }) => label, left: true },
  { title: 'precision', of: ({ precision }) => precision, left: true },
  { title: 'ms', of: ({ median }) => figure(median) },
  { title: 'min–max', of: ({ rounds }) => `${figure(Math.min(...rounds.flat()))}–${figure(Math.max(...rounds.flat()))}` },
  { title: 'images/s', of: ({ task, median }) => (1000 * task.batch / median).toFixed(1) },
  { title: 'ratio', of: ({ ratio }) => ratio?.toFixed(2) ?? '–' },
  { title: 'CPU ms', of: ({ cpuMedian }) => figure(cpuMedian) },
  { title: 'first s', of: ({ first }) => first.toFixed(0) },
  { title: 'peak MiB', of: ({ peak }) => peak.toFixed(0) },
  { title: 'memory ratio', of: ({ memoryRatio }) => memoryRatio?.toFixed(2) ?? '–' },
  { title: 'difference', of: ({ difference }) => difference.toExponential(1) },
];

const figure = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 100 ? 1 : 0);

/** Ratios are to the best peer of the same precision in the same run: below 1 is faster, or less memory. */
export function textTables(results: Results): string {
  const all = rows(results.measurements);
  const tasks = new Map([...results.measurements, ...results.refusals].map(({ task }) => [taskName(task), task]));
  return [...tasks.values()].map((task) => tableOf(task, all, results)).join('\n\n');
}

function tableOf(task: Task, all: readonly Row[], { refusals }: Results): string {
  const isOf = (other: { readonly task: Task }) => taskName(other.task) === taskName(task);
  const own = all.filter(isOf).sort((a, b) => Number(a.precision < b.precision) - Number(a.precision > b.precision) || b.median - a.median);
  const shown = columns.filter(({ title }) => (title !== 'images/s' || task.kind === 'inference'));
  const cells = [shown.map(({ title }) => title), ...own.map((row) => shown.map(({ of }) => of(row)))];
  const widths = shown.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line) => line.map((cell, column) => (shown[column]!.left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ').trimEnd());
  const refused = refusals.filter(isOf).map(({ label, precision, reason }) => `not measured: ${label}, ${precision}: ${reason}`);
  return [taskName(task), ...lines, ...refused].join('\n');
}
