/** Which runs are compared: a line for each column. */
import type { Column, Comparison } from '../comparison.ts';
import { valueText } from './numbers.ts';
import { cut, wrap, type TerminalStyle } from './style.ts';

export function columnLines({ columns, sweep }: Comparison, { width }: TerminalStyle): readonly string[] {
  if (sweep !== undefined) {
    const states = Object.entries(sweep.states).map(([state, count]) => `${count} ${state}`).join(', ');
    const trials = Object.values(sweep.states).reduce((sum, count) => sum + count, 0);
    return wrap(`${sweep.sweep}: ${trials} trials (${states}), ${columns.length} ${columns.length === 1 ? 'setting' : 'settings'} of ${sweep.axes.filter((axis) => axis !== 'seed').join(', ') || 'the seed'}`, width);
  }
  const letters = Math.max(...columns.map(({ letter }) => letter.length));
  return columns.map((column) => cut(`${column.letter.padEnd(letters)}  ${runsText(column)}`, width));
}

/** `quickstart-174cfeffc100  done  seed 1`, or `3 runs like quickstart-174cfeffc100  done  seeds 1, 2, 3`. */
function runsText({ runs }: Column): string {
  const [first, ...others] = runs;
  const states = [...new Set(runs.map(({ state }) => state))].join(', ');
  const seeds = runs.flatMap(({ seed }) => seed ?? []);
  const seedText = seeds.length === 0 ? '' : `  ${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
  return `${others.length === 0 ? first!.run : `${runs.length} runs, the first ${first!.run}`}  ${states}${seedText}`;
}

/** `cycle 5, identity 1`: the last name of each axis; of runs that are no trials nothing. */
export function settingText({ values }: Column): string {
  const named = Object.entries(values ?? {}).filter(([axis]) => axis !== 'seed');
  return named.map(([axis, value]) => `${axis.slice(axis.lastIndexOf('.') + 1)} ${valueText(value)}`).join(', ');
}
