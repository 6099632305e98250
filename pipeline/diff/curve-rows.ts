/** Loss curves side by side: of several runs their mean at each iteration that all of them have. */
import type { CurveCell, CurveRow } from './comparison.ts';
import type { Group } from './groups.ts';
import type { Curve, CurvePoint } from './results.ts';

export function curveRows(groups: readonly Group[]): readonly CurveRow[] {
  const first = new Map<string, Curve>();
  for (const run of groups.flat()) for (const curve of run.results.curves) if (!first.has(curve.name)) first.set(curve.name, curve);
  return [...first.values()].map(({ name, label, headline }) => ({ name, label, headline, cells: groups.map((group) => cellOf(name, group)) }));
}

function cellOf(name: string, group: Group): CurveCell | null {
  const curves = group.flatMap(({ results }) => results.curves.filter((curve) => curve.name === name));
  return curves.length === 0 ? null : { points: meanCurve(curves.map(({ points }) => points)), runs: curves.length };
}

/** Where the runs have no iteration in common, the first stands for all. */
function meanCurve(curves: readonly (readonly CurvePoint[])[]): readonly CurvePoint[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { iteration, value } of curves.flat()) {
    const { sum, count } = sums.get(iteration) ?? { sum: 0, count: 0 };
    sums.set(iteration, { sum: sum + value, count: count + 1 });
  }
  const common = [...sums].filter(([, { count }]) => count === curves.length).map(([iteration, { sum, count }]) => ({ iteration, value: sum / count }));
  return common.length === 0 ? curves[0]! : common.sort((left, right) => left.iteration - right.iteration);
}
