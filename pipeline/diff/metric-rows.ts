/** Each metric beside itself: its mean and spread in every column, and its difference from column A over common seeds. */
import type { MetricCell, MetricRow, Versus } from './comparison.ts';
import type { GatheredRun } from './gather.ts';
import type { Group } from './groups.ts';
import type { Metric } from './results.ts';
import { fewestPairs, mean, signFlipTest, significance, smallestP, standardDeviation } from './statistics.ts';

const order: Readonly<Record<Metric['of'], number>> = { evaluation: 0, losses: 1, other: 2 };

/** Scores of the evaluation first, then losses, each in the order of the runs. */
export function metricRows(groups: readonly Group[]): readonly MetricRow[] {
  const first = new Map<string, Metric>();
  for (const run of groups.flat()) for (const metric of run.results.metrics) if (!first.has(metric.name)) first.set(metric.name, metric);
  const rows = [...first.values()].map((metric) => metricRow(metric, groups));
  return rows.sort((left, right) => order[left.of] - order[right.of]);
}

function metricRow({ name, label, of, better, headline }: Metric, groups: readonly Group[]): MetricRow {
  const bases = groups.map((group) => basisOf(name, group));
  const comparable = new Set(bases.filter((basis) => basis !== null)).size < 2;
  const cells = groups.map((group) => cellOf(name, group));
  const [reference] = cells;
  return {
    name, label, of, headline, ...(better === undefined ? {} : { better }),
    cells: cells.map((cell, column): MetricCell | null => {
      if (cell === null || column === 0 || reference === null || reference === undefined) return cell;
      const versus = bases[column] === bases[0] ? versusOf(reference, cell, better) : 'not comparable' as const;
      return { ...cell, ...(versus === undefined ? {} : { versus }) };
    }),
    ...(comparable ? {} : { bases }),
  };
}

const metricOf = ({ results }: GatheredRun, name: string): Metric | undefined => results.metrics.find((metric) => metric.name === name);

/** Of runs that differ in it all, so that it is that of no other column but one of the same. */
function basisOf(name: string, group: Group): string | null {
  const bases = new Set(group.flatMap((run) => metricOf(run, name)?.basis ?? []));
  return bases.size === 0 ? null : [...bases].sort().join(' or ');
}

function cellOf(name: string, group: Group): Values | null {
  const found = group.flatMap((run) => {
    const metric = metricOf(run, name);
    return metric === undefined ? [] : [{ run, metric }];
  });
  if (found.length === 0) return null;
  const values = found.map(({ run, metric }) => ({ run: run.listed.run, ...(run.seed === undefined ? {} : { seed: run.seed }), value: metric.value }));
  const sd = standardDeviation(values.map(({ value }) => value));
  const best = found.flatMap(({ metric }) => metric.best ?? []);
  return {
    n: values.length, mean: mean(values.map(({ value }) => value)), ...(sd === undefined || !Number.isFinite(sd) ? {} : { sd }), values,
    ...(best.length < found.length ? {} : { best: { mean: mean(best.map(({ value }) => value)), ...(best.length === 1 ? { epoch: best[0]!.epoch } : {}) } }),
  };
}

type Values = Omit<MetricCell, 'versus'>;

function versusOf(reference: Values, cell: Values, better: MetricRow['better']): MetricCell['versus'] {
  const pairs = pairsOf(reference, cell);
  if (pairs.length === 0) return 'no common seed';
  const differences = pairs.map(({ value, other }) => value - other);
  const isOfAll = pairs.length === reference.n && pairs.length === cell.n;
  const paired = mean(differences);
  const difference = isOfAll ? paired : cell.mean - reference.mean;
  if (!Number.isFinite(difference)) return undefined; // the PSNR of equal pictures
  const [sd, p] = [standardDeviation(differences), signFlipTest(differences)];
  const verdict = (of: number): { readonly isBetter?: boolean } => (better === undefined || of === 0 ? {} : { isBetter: (of > 0) === (better === 'higher') });
  return {
    difference, pairs: pairs.length, higher: differences.filter((each) => each > 0).length, evidence: evidenceOf(pairs.length, p), ...verdict(difference),
    ...(reference.mean === 0 ? {} : { relative: difference / Math.abs(reference.mean) }),
    ...(sd === undefined ? {} : { sd }), ...(p === undefined ? {} : { p, smallestP: smallestP(pairs.length) }),
    ...(isOfAll ? {} : { common: { seeds: pairs.flatMap(({ seed }) => seed ?? []), reference: mean(pairs.map(({ other }) => other)), mean: mean(pairs.map(({ value }) => value)), difference: paired, ...verdict(paired) } }),
  };
}

interface Pair {
  readonly seed?: number;
  readonly value: number;
  readonly other: number;
}

/** A run beside a run is a pair, whatever their seeds; of several runs those of one seed are. */
function pairsOf(reference: Values, cell: Values): readonly Pair[] {
  if (reference.n === 1 && cell.n === 1) return [{ value: cell.mean, other: reference.mean }];
  const others = meansBySeed(reference);
  return [...meansBySeed(cell)].flatMap(([seed, value]) => {
    const other = others.get(seed);
    return other === undefined ? [] : [{ seed, value, other }];
  });
}

function meansBySeed({ values }: Values): ReadonlyMap<number, number> {
  const found = new Map<number, number[]>();
  for (const { seed, value } of values) if (seed !== undefined) found.set(seed, [...(found.get(seed) ?? []), value]);
  return new Map([...found].map(([seed, all]) => [seed, mean(all)]));
}

function evidenceOf(pairs: number, p: number | undefined): Versus['evidence'] {
  if (p === undefined) return 'untested';
  if (pairs < fewestPairs) return 'too-few';
  return p < significance ? 'clear' : 'unclear';
}
