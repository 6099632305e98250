/** Numbers of a comparison as people read them. */
import type { Json } from '../../stage.ts';
import type { CommonSeeds, MetricCell, Versus } from '../comparison.ts';

/** So many decimals that the largest number has four digits. */
export function decimalsFor(values: readonly number[]): number {
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  if (sizes.length === 0) return 2;
  return Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(Math.max(...sizes)))));
}

export const fixed = (value: number, decimals: number): string => (Number.isFinite(value) ? value.toFixed(decimals).replace('-', '−') : value > 0 ? '∞' : String(value));

export const signed = (value: number, decimals: number): string => (value > 0 ? `+${fixed(value, decimals)}` : fixed(value, decimals));

/** `16.85`, or of several runs `16.85±0.31`; a dash where there is none. */
export function meanText(cell: MetricCell | null, decimals: number): string {
  if (cell === null) return '−';
  return cell.sd === undefined ? fixed(cell.mean, decimals) : `${fixed(cell.mean, decimals)}±${fixed(cell.sd, decimals)}`;
}

/** `better`, `worse, p 0.03`, `p 0.25`: what may be said of a difference. */
export function verdictText(versus: MetricCell['versus']): string {
  if (versus === undefined) return '';
  if (typeof versus === 'string') return versus;
  // What was tested is the difference over the common seeds, which has a row of its own.
  if (versus.common !== undefined) return versus.difference === 0 ? 'equal' : versus.isBetter === undefined ? '' : wayText(versus);
  return pairedText(versus, versus);
}

/** `over seed 1 only`, `over seeds 1, 4 only`, `over seeds 1 to 6 only`. */
export function commonText({ seeds }: CommonSeeds): string {
  const isRow = seeds.length > 2 && seeds.every((seed, index) => seed === seeds[0]! + index);
  const named = isRow ? `${seeds[0]} to ${seeds.at(-1)}` : seeds.slice(0, seedsAtMost).join(', ') + (seeds.length > seedsAtMost ? ', …' : '');
  return `over ${seeds.length === 1 ? 'seed' : 'seeds'} ${named} only`;
}

const seedsAtMost = 4;

type Direction = Pick<Versus, 'difference' | 'isBetter'>;

const wayText = ({ difference, isBetter }: Direction): string => (isBetter === undefined ? (difference > 0 ? 'higher' : 'lower') : isBetter ? 'better' : 'worse');

/** Of the difference over the pairs: `versus` itself, or that of its common seeds. */
export function pairedText(of: Direction, versus: Versus): string {
  if (of.difference === 0) return 'equal';
  const way = wayText(of);
  switch (versus.evidence) {
    case 'untested': return of.isBetter === undefined ? '' : way;
    case 'too-few': return `${way} in ${of.difference > 0 ? versus.higher : versus.pairs - versus.higher} of ${versus.pairs}`;
    case 'unclear': return `unclear, p ${pText(versus.p!)}`;
    case 'clear': return `${way}, p ${pText(versus.p!)}`;
  }
}

export const pText = (p: number): string => (p < 0.001 ? '<0.001' : p.toFixed(p < 0.1 ? 3 : 2));

/** An equal pair as one number, as people write a loss weight. */
export function valueText(value: Json): string {
  if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && value[0] === value[1]) return String(value[0]);
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value).replaceAll(',', ', ');
}
