/** A curve in one line of characters. All curves of a chart share both axes, so that they can be compared by eye. */
import type { CurveCell } from '../comparison.ts';

const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const asciiLevels = ['_', '.', ':', '-', '=', '+', '*', '#'] as const;

export interface SparkAxes {
  readonly lastIteration: number;
  readonly least: number;
  readonly most: number;
}

/** Undefined where no curve has a point. */
export function commonAxes(cells: readonly (CurveCell | null)[]): SparkAxes | undefined {
  let axes: SparkAxes | undefined;
  for (const { iteration, value } of cells.flatMap((cell) => cell?.points ?? [])) {
    axes = { lastIteration: Math.max(axes?.lastIteration ?? 0, iteration), least: Math.min(axes?.least ?? Infinity, value), most: Math.max(axes?.most ?? -Infinity, value) };
  }
  return axes;
}

/** `width` characters from iteration 0 to the last of all curves; blank beyond the curve's own end. */
export function sparkline({ points }: CurveCell, { lastIteration, least, most }: SparkAxes, width: number, ascii: boolean): string {
  const levels = ascii ? asciiLevels : blocks;
  const places: (number | undefined)[] = Array.from({ length: width }, () => undefined);
  const end = points.at(-1)?.iteration ?? 0;
  let next = 0;
  for (let place = 0; place < width; place += 1) {
    const upTo = ((place + 1) / width) * lastIteration;
    const inside: number[] = [];
    while (next < points.length && points[next]!.iteration <= upTo * (1 + 1e-9)) { inside.push(points[next]!.value); next += 1; }
    // An epoch's mean stands for all its iterations: for those before its end, too.
    const value = inside.length > 0 ? inside.reduce((sum, each) => sum + each, 0) / inside.length : points[next]?.value;
    if ((place / width) * lastIteration < end) places[place] = value;
  }
  const span = most - least;
  return places.map((value) => (value === undefined ? ' ' : levels[span === 0 ? 0 : Math.min(7, Math.floor(((value - least) / span) * 8))]!)).join('').trimEnd();
}

/** A mean and its spread as a mark on a line: `  ──●──  `. */
export function markOn(point: { readonly mean: number; readonly sd?: number }, least: number, most: number, width: number, ascii: boolean): string {
  const place = (value: number): number => (most === least ? 0 : Math.min(width - 1, Math.max(0, Math.round(((value - least) / (most - least)) * (width - 1)))));
  const [from, at, to] = [place(point.mean - (point.sd ?? 0)), place(point.mean), place(point.mean + (point.sd ?? 0))];
  return Array.from({ length: width }, (_, column) => (column === at ? (ascii ? 'o' : '●') : column >= from && column <= to ? (ascii ? '-' : '─') : ' ')).join('').trimEnd();
}
