/** Losses as sparklines, the axes of a sweep as marks on a line. */
import { countText, figureText } from '../../progress/words.ts';
import type { AxisEffect, Comparison, CurveRow } from '../comparison.ts';
import type { Section } from './differences.ts';
import { decimalsFor, fixed, valueText } from './numbers.ts';
import { commonAxes, markOn, sparkline } from './sparkline.ts';
import { cut, type TerminalStyle } from './style.ts';

/** Of more columns a chart says nothing any more. */
const columnsAtMost = 12;

export function curveSection({ curves, columns }: Comparison, style: TerminalStyle): readonly Section[] {
  const shown = curves.filter(({ headline }) => headline || style.all);
  const names = Math.min(18, Math.max(0, ...shown.map(({ label }) => label.length)));
  const lines = shown.flatMap((row) => curveLines(row, columns.map(({ letter }) => letter), names, style));
  const last = Math.max(0, ...shown.flatMap(({ cells }) => cells.map((cell) => cell?.points.at(-1)?.iteration ?? 0)));
  return lines.length === 0 ? [] : [{ title: `Losses, iterations 1 to ${countText(last)}`, lines }];
}

function curveLines({ label, cells }: CurveRow, letters: readonly string[], names: number, { width, ascii }: TerminalStyle): readonly string[] {
  const axes = commonAxes(cells);
  if (axes === undefined) return [];
  const drawn = cells.flatMap((cell, index) => (cell === null ? [] : [{ cell, letter: letters[index]! }])).slice(0, columnsAtMost);
  const ends = drawn.map(({ cell: { points } }) => `${figureText(points[0]!.value)} → ${figureText(points.at(-1)!.value)}`);
  const numbers = Math.max(...ends.map(({ length }) => length));
  const letterWidth = Math.max(...drawn.map(({ letter }) => letter.length));
  const room = Math.max(8, Math.min(48, width - names - numbers - letterWidth - 8));
  return drawn.map(({ cell, letter }, index) =>
    cut(`  ${(index === 0 ? cut(label, names) : '').padEnd(names)}  ${letter.padEnd(letterWidth)}  ${sparkline(cell, axes, room, ascii).padEnd(room)}  ${ends[index]!}`, width));
}

/** Each axis against the scores, and with `--all` against the losses. */
export function axisSections({ sweep, metrics }: Comparison, style: TerminalStyle): readonly Section[] {
  const headlines = new Set(metrics.filter(({ of, headline }) => style.all || (headline && of !== 'losses')).map(({ name }) => name));
  const sections = (sweep?.effects ?? []).map((effect): Section => ({
    title: `${effect.axis}, mean ± standard deviation over seeds${effect.over.length === 0 ? '' : `, means over ${effect.over.join(', ')}`}`,
    lines: effect.metrics.filter(({ name }) => headlines.has(name)).flatMap((metric) => effectLines(metric, style)),
  }));
  return sections.filter(({ lines }) => lines.length > 0);
}

function effectLines({ label, better, points }: AxisEffect['metrics'][number], { width, ascii }: TerminalStyle): readonly string[] {
  const known = points.filter((point) => Number.isFinite(point.mean));
  if (known.length < 2) return [];
  const decimals = decimalsFor(known.map((point) => point.mean));
  const [least, most] = [Math.min(...known.map((point) => point.mean - (point.sd ?? 0))), Math.max(...known.map((point) => point.mean + (point.sd ?? 0)))];
  const texts = known.map((point) => [cut(valueText(point.value), 16), `${fixed(point.mean, decimals)}${point.sd === undefined ? '' : `±${fixed(point.sd, decimals)}`}`] as const);
  const [values, means] = [Math.max(...texts.map(([value]) => value.length)), Math.max(...texts.map(([, mean]) => mean.length))];
  const room = Math.max(8, Math.min(44, width - values - means - 9));
  return [
    cut(`  ${label}${better === undefined ? '' : better === 'higher' ? ' ↑' : ' ↓'}`, width),
    ...known.map((point, index) => cut(`    ${texts[index]![0].padStart(values)}  ${texts[index]![1].padStart(means)}  ${markOn(point, least, most, room, ascii)}`, width)),
  ];
}
