/** What the runs came to: two columns with their difference, or more as a table with a row each. */
import type { Comparison, MetricCell, MetricRow } from '../comparison.ts';
import { fewestPairs, significance } from '../statistics.ts';
import { settingText } from './columns.ts';
import type { Section } from './differences.ts';
import { commonText, decimalsFor, fixed, meanText, pairedText, pText, signed, verdictText } from './numbers.ts';
import { aligned, cut, paintFor, wrap, type TerminalStyle } from './style.ts';

export function resultSection(comparison: Comparison, style: TerminalStyle): readonly Section[] {
  const rows = comparison.metrics.filter(({ headline }) => headline || style.all);
  if (rows.length === 0) return comparison.metrics.length > 0 ? [] : [{ title: 'Results', lines: wrap(noResults(comparison), style.width, '  ') }];
  const lines = comparison.columns.length === 2 && comparison.sweep === undefined ? twoColumns(rows, comparison, style) : manyColumns(rows, comparison, style);
  return [{ title: 'Results', lines: [...lines, ...explanations(rows, comparison, style)] }];
}

const noResults = ({ sweep }: Pick<Comparison, 'sweep'>): string => `There are no results: none of the ${sweep === undefined ? 'runs' : 'trials'} has any yet.`;

const arrow = ({ better }: MetricRow): string => (better === undefined ? '' : better === 'higher' ? ' ↑' : ' ↓');

function twoColumns(rows: readonly MetricRow[], { columns }: Comparison, style: TerminalStyle): readonly string[] {
  const cells = [['', columns[0]!.letter, columns[1]!.letter, `${columns[1]!.letter} − ${columns[0]!.letter}`, ''], ...rows.flatMap(twoCells)];
  const room = style.width - aligned(cells.map((row) => row.slice(1))).reduce((most, line) => Math.max(most, line.length), 0) - 4;
  const lines = aligned(cells.map(([label, ...rest]) => [cut(label!, Math.max(12, room)), ...rest]));
  const paint = paintFor(style);
  return lines.map((line, index) => {
    const verdict = cells[index]!.at(-1)!;
    const text = cut(`  ${line}`, style.width);
    return verdict.startsWith('better') ? paint.green(text) : verdict.startsWith('worse') ? paint.red(text) : text;
  });
}

/** The row of the end and, where it is another, that of the best epoch. */
function twoCells(row: MetricRow): readonly (readonly string[])[] {
  const [first, second] = [row.cells[0] ?? null, row.cells[1] ?? null];
  const decimals = decimalsFor(row.cells.flatMap((cell) => (cell === null ? [] : [cell.mean])));
  const versus = second?.versus;
  const difference = versus === undefined || typeof versus === 'string' ? '' : signed(versus.difference, decimals);
  const end = [`${row.label}${arrow(row)}`, meanText(first, decimals), meanText(second, decimals), difference, verdictText(versus)];
  const isOther = (cell: MetricCell | null): boolean => cell?.best !== undefined && cell.best.mean !== cell.mean;
  const rows = [end, ...commonCells(versus, decimals)];
  if (!isOther(first) && !isOther(second)) return rows;
  const best = (cell: MetricCell | null): string => (cell?.best === undefined ? '−' : fixed(cell.best.mean, decimals));
  const epochs = [first, second].map((cell) => cell?.best?.epoch);
  const between = first?.best === undefined || second?.best === undefined || versus === 'not comparable' ? '' : signed(second.best.mean - first.best.mean, decimals);
  return [...rows, [`  best epoch${epochs.every((epoch) => epoch !== undefined) ? ` (${epochs.join(', ')})` : ''}`, best(first), best(second), between, '']];
}

/** Where one column has seeds that the other has not: what the seeds of both came to, the only ones that are tested. */
function commonCells(versus: MetricCell['versus'], decimals: number): readonly (readonly string[])[] {
  if (typeof versus !== 'object' || versus.common === undefined) return [];
  const { common } = versus;
  return [[`  ${commonText(common)}`, fixed(common.reference, decimals), fixed(common.mean, decimals), signed(common.difference, decimals), pairedText(common, versus)]];
}

/** As many metrics beside each other as fit; then the next below. */
function manyColumns(rows: readonly MetricRow[], { columns, sweep }: Comparison, style: TerminalStyle): readonly string[] {
  const letters = Math.max(...columns.map(({ letter }) => letter.length));
  const names = columns.map((column) => cut(`${column.letter.padEnd(letters)} ${sweep === undefined ? '' : settingText(column)}`.trimEnd(), 28));
  const made = rows.map((row) => [`${row.label}${arrow(row)}`, ...manyCells(row)]);
  const lines: string[] = [];
  for (let from = 0; from < made.length;) {
    let block = made.slice(from, from + 1);
    while (from + block.length < made.length && widthOf(names, [...block, made[from + block.length]!]) <= style.width - 2) block = [...block, made[from + block.length]!];
    lines.push(...(from === 0 ? [] : ['']), ...aligned(['', ...names].map((name, index) => [name, ...block.map((cells) => cells[index]!)])).map((line) => cut(`  ${line}`, style.width)));
    from += block.length;
  }
  return lines;
}

const widthOf = (names: readonly string[], block: readonly (readonly string[])[]): number =>
  Math.max(0, ...names.map(({ length }) => length)) + block.reduce((sum, cells) => sum + 2 + Math.max(...cells.map(({ length }) => length)), 0);

/** The best mean bears a star, where better is known and the values can be compared. */
function manyCells({ cells, better, bases }: MetricRow): readonly string[] {
  const means = cells.flatMap((cell) => (cell === null || !Number.isFinite(cell.mean) ? [] : [cell.mean]));
  const decimals = decimalsFor(means);
  const best = better === undefined || bases !== undefined || new Set(means).size < 2 ? undefined : better === 'higher' ? Math.max(...means) : Math.min(...means);
  return cells.map((cell) => `${meanText(cell, decimals)}${cell !== null && cell.mean === best ? '*' : ' '}`);
}

function explanations(rows: readonly MetricRow[], comparison: Comparison, style: TerminalStyle): readonly string[] {
  const say = (text: string): readonly string[] => wrap(text, style.width, '  ');
  const stars = comparison.columns.length > 2 || comparison.sweep !== undefined ? say('* the best of its column. ±: standard deviation over seeds.') : [];
  const spread = stars.length === 0 && rows.some(({ cells }) => cells.some((cell) => cell?.sd !== undefined)) ? say('±: standard deviation over seeds.') : [];
  return ['', ...stars, ...spread, ...evidenceTexts(rows, comparison).flatMap(say), ...basisTexts(rows).flatMap(say)];
}

/** Whether the differences from A could be chance. */
export function evidenceTexts(rows: readonly MetricRow[], { columns }: Comparison): readonly string[] {
  const found = rows.flatMap((row) => row.cells.flatMap((cell, column) => (typeof cell?.versus === 'object' ? [{ row, column, versus: cell.versus }] : [])));
  const pairs = Math.max(0, ...found.map(({ versus }) => versus.pairs));
  const tested = found.filter(({ versus }) => versus.pairs >= fewestPairs);
  if (found.length === 0) return [];
  if (pairs === 1) return [`${found.some(({ versus }) => versus.common !== undefined) ? 'One seed in common' : 'One run against one'}: whether a difference is more than chance cannot be told. More seeds tell: giverny sweep CONFIG --seeds 6.`];
  if (tested.length === 0) return [`Too little to tell: with ${pairs} seeds in common, no difference could be told from chance (the least p of a sign-flip test is ${pText(2 / 2 ** pairs)}; ${fewestPairs} seeds are needed for p < ${significance}).`];
  const clear = tested.filter(({ versus }) => versus.evidence === 'clear');
  const lines = columns.length === 2 ? [] : clear.map(({ row, column, versus }) => {
    const { difference, isBetter } = versus.common ?? versus;
    return `${columns[column]!.letter} ${isBetter === undefined ? 'differs' : isBetter ? 'better' : 'worse'} than A in ${row.label}${versus.common === undefined ? '' : ` ${commonText(versus.common)}`}: ${signed(difference, 3)}, p ${pText(versus.p!)}.`;
  });
  return [...lines.slice(0, 12), `p: paired sign-flip test over common seeds, two-sided, each by itself; of ${tested.length} comparisons about ${Math.max(1, Math.round(tested.length * significance))} would be below ${significance} by chance alone.`];
}

/** Why values cannot be compared: on what each was taken. */
export function basisTexts(rows: readonly MetricRow[]): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const { label, bases } of rows) if (bases !== undefined) {
    const text = [...new Set(bases.map((basis) => basis ?? 'unknown'))].join(' / ');
    labels.set(text, [...(labels.get(text) ?? []), label]);
  }
  return [...labels].map(([text, named]) => `Not comparable: ${named.slice(0, 3).join('; ')}${named.length > 3 ? ` and ${named.length - 3} more` : ''} (${text}).`);
}
