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

const basisOf = (name: string, group: Group): string | null => group.map((run) => metricOf(run, name)?.basis).find((basis) => basis !== undefined) ?? null;

function cellOf(name: string, group: Group): Omit<MetricCell, 'versus'> | null {
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

function versusOf(reference: Omit<MetricCell, 'versus'>, cell: Omit<MetricCell, 'versus'>, better: MetricRow['better']): MetricCell['versus'] {
  const differences = pairedDifferences(reference, cell);
  if (differences.length === 0) return 'no common seed';
  const difference = mean(differences);
  if (!Number.isFinite(difference)) return undefined; // the PSNR of equal pictures
  const [pairs, sd, p] = [differences.length, standardDeviation(differences), signFlipTest(differences)];
  const isKnown = better !== undefined && difference !== 0;
  return {
    difference, pairs, higher: differences.filter((each) => each > 0).length, evidence: evidenceOf(pairs, p),
    ...(reference.mean === 0 ? {} : { relative: difference / Math.abs(reference.mean) }),
    ...(sd === undefined ? {} : { sd }), ...(p === undefined ? {} : { p, smallestP: smallestP(pairs) }),
    ...(isKnown ? { isBetter: (difference > 0) === (better === 'higher') } : {}),
  };
}

/** A run beside a run is a pair, whatever their seeds; of several runs those of one seed are. */
function pairedDifferences(reference: Pick<MetricCell, 'values'>, cell: Pick<MetricCell, 'values'>): readonly number[] {
  if (reference.values.length === 1 && cell.values.length === 1) return [cell.values[0]!.value - reference.values[0]!.value];
  const bySeed = new Map(reference.values.map(({ seed, value }) => [seed, value]));
  return cell.values.flatMap(({ seed, value }) => {
    const other = bySeed.get(seed);
    return seed === undefined || other === undefined ? [] : [value - other];
  });
}

function evidenceOf(pairs: number, p: number | undefined): Versus['evidence'] {
  if (p === undefined) return 'untested';
  if (pairs < fewestPairs) return 'too-few';
  return p < significance ? 'clear' : 'unclear';
}
