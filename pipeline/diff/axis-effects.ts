/**
 * One axis of a sweep against each metric: the mean and its spread over the seeds. Where there are further axes, each
 * seed's value is the mean over their settings, of those alone that every value of the axis has: else another setting's
 * doing would be taken for this one's.
 */
import { canonicalJson } from '../plan/canonical-json.ts';
import type { Json } from '../stage.ts';
import type { AxisEffect, AxisPoint } from './comparison.ts';
import type { GatheredRun } from './gather.ts';
import type { Metric } from './results.ts';
import { mean, standardDeviation } from './statistics.ts';

export const seedAxis = 'seed';

export function axisEffects(axes: readonly string[], runs: readonly GatheredRun[]): readonly AxisEffect[] {
  const varied = axes.filter((axis) => axis !== seedAxis && new Set(runs.map((run) => keyOf(run.values?.[axis]))).size > 1);
  return varied.map((axis) => effectOf(axis, varied.filter((other) => other !== axis), runs));
}

function effectOf(axis: string, over: readonly string[], runs: readonly GatheredRun[]): AxisEffect {
  const metrics = new Map<string, Metric>();
  for (const { results } of runs) for (const metric of results.metrics) if (!metrics.has(metric.name)) metrics.set(metric.name, metric);
  return {
    axis, over,
    metrics: [...metrics.values()].map(({ name, label, better }) => ({ name, label, ...(better === undefined ? {} : { better }), points: pointsOf(axis, over, name, runs) })),
  };
}

interface Observed {
  readonly value: Json;
  /** The settings of the other axes, and the seed. */
  readonly others: string;
  readonly seed: string;
  readonly metric: number;
}

function pointsOf(axis: string, over: readonly string[], name: string, runs: readonly GatheredRun[]): readonly AxisPoint[] {
  const observed = runs.flatMap((run): readonly Observed[] => {
    const metric = run.results.metrics.find((each) => each.name === name)?.value;
    const value = run.values?.[axis];
    if (metric === undefined || value === undefined) return [];
    return [{ value, metric, seed: String(run.seed ?? run.listed.run), others: over.map((other) => keyOf(run.values?.[other])).join('\n') }];
  });
  const values = [...new Map(observed.map(({ value }) => [keyOf(value), value])).values()].sort(inOrder);
  const whole = over.length === 0 ? observed : balanced(observed, values.length);
  return values.flatMap((value): readonly AxisPoint[] => {
    const bySeed = new Map<string, number[]>();
    for (const each of whole) if (keyOf(each.value) === keyOf(value)) bySeed.set(each.seed, [...(bySeed.get(each.seed) ?? []), each.metric]);
    const means = [...bySeed.values()].map(mean);
    const sd = standardDeviation(means);
    return means.length === 0 ? [] : [{ value, n: means.length, mean: mean(means), ...(sd === undefined ? {} : { sd }) }];
  });
}

/** Those whose other settings and seed every value has; all, where that leaves none. */
function balanced(observed: readonly Observed[], values: number): readonly Observed[] {
  const having = new Map<string, Set<string>>();
  const settingOf = ({ others, seed }: Observed): string => `${others}\n${seed}`;
  for (const each of observed) having.set(settingOf(each), (having.get(settingOf(each)) ?? new Set()).add(keyOf(each.value)));
  const kept = observed.filter((each) => having.get(settingOf(each))!.size === values);
  return kept.length === 0 ? observed : kept;
}

const keyOf = (value: Json | undefined): string => (value === undefined ? '' : canonicalJson(value));

/** Numbers by size, everything else as the sweep gives it. */
export const inOrder = (left: Json, right: Json): number => (typeof left === 'number' && typeof right === 'number' ? left - right : 0);
