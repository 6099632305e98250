/** From axes to trials: each value with each (the last axis changes fastest), axes that go together, samples, exclusions. */
import { nearestName } from '../../config/nearest-name.ts';
import { whereOf } from '../../config/tree/source.ts';
import { failed, ok, type Result } from '../../failure.ts';
import { canonicalJson } from '../../plan/canonical-json.ts';
import type { Json } from '../../stage.ts';
import { axisMeant, shortNames, type Axis, type AxisValue } from './axis.ts';
import { quantile } from './distribution.ts';
import { randomNumbers } from './random-numbers.ts';
import type { Exclusion, Sample, SweepSpec } from './sweep-spec.ts';

/** One trial: a value of each axis, in the order of the axes. */
export type Point = readonly AxisValue[];

export interface Points {
  /** Paths, in the order of each point's values. */
  readonly axes: readonly string[];
  readonly points: readonly Point[];
  /** Lines that people should see. */
  readonly warnings: readonly string[];
}

/** Axes that change together: one, or those of a group of `zip`. */
interface Dimension {
  readonly axes: readonly Axis[];
  /** For lists: how many values each has. */
  readonly length: number | undefined;
}

/** `seeds`: the axis of seeds, where there is one. Failures: `sweep-invalid`, `sweep-empty`. */
export function pointsOf({ axes, zip, zipSources, exclude, sample }: Pick<SweepSpec, 'axes' | 'zip' | 'zipSources' | 'exclude' | 'sample'>, seeds: Axis | undefined): Result<Points> {
  const dimensions = dimensionsOf(axes, zip, zipSources);
  if (!dimensions.ok) return dimensions;
  const distributed = sample === undefined ? axes.find(({ takes }) => 'distribution' in takes) : undefined;
  if (distributed !== undefined) {
    return failed('sweep-invalid', `${distributed.path} has no list of values`, {
      where: whereOf(distributed.source), expected: 'values, since this sweep does not sample', hint: '--sample 20 (or sample: in the file) draws 20 trials',
    });
  }
  const paths = [...dimensions.value.flatMap((dimension) => dimension.axes.map(({ path }) => path)), ...(seeds === undefined ? [] : [seeds.path])];
  const excluded = exclusionsOn(paths, exclude);
  if (!excluded.ok) return excluded;
  const drawn = sample === undefined ? products(dimensions.value) : samples(dimensions.value, sample);
  const all = seeds === undefined ? drawn : drawn.flatMap((point) => valuesOf(seeds).map((seed) => [...point, seed]));
  const used = new Set<Exclusion>();
  const points = all.filter((point) => !isExcluded(point, excluded.value, used));
  if (points.length === 0) {
    return failed('sweep-empty', all.length === 0 ? 'nothing is varied' : `${all.length === 1 ? 'the only trial is' : `all ${all.length} trials are`} excluded`, {
      ...(exclude[0] === undefined ? {} : { where: whereOf(exclude[0].source) }), hint: 'take something out of exclude',
    });
  }
  const idle = exclude.filter((each) => !used.has(each));
  return ok({ axes: paths, points, warnings: idle.map((each) => `exclude ${exclusionText(each)} meets no trial`) });
}

const valuesOf = ({ takes }: Axis): readonly AxisValue[] => ('values' in takes ? takes.values : []);

/** In the order of the axes; a group stands where its first axis does. */
function dimensionsOf(axes: readonly Axis[], zip: SweepSpec['zip'], sources: SweepSpec['zipSources']): Result<readonly Dimension[]> {
  const grouped = new Map<string, readonly Axis[]>();
  const paths = axes.map(({ path }) => path);
  for (const group of zip) {
    const named = group.map((name) => axisMeant(name, paths));
    const unknown = named.indexOf(undefined);
    if (unknown >= 0) return unknownAxis(group[unknown]!, paths, 'zip', sources?.get(group[unknown]!));
    const members = named.map((path) => axes.find((axis) => axis.path === path)!);
    const twice = members.find(({ path }) => grouped.has(path));
    if (twice !== undefined) return failed('sweep-invalid', `zip names ${twice.path} twice`, { where: whereOf(twice.source) });
    const lengths = members.map((axis) => ('values' in axis.takes ? axis.takes.values.length : undefined));
    if (lengths.includes(undefined) || new Set(lengths).size > 1) {
      const said = members.map(({ path }, index) => `${path} has ${lengths[index] ?? 'no list'}`).join(', ');
      return failed('sweep-invalid', 'axes that go together have different numbers of values', { where: whereOf(members.at(-1)!.source), expected: `equally many of each: ${said}` });
    }
    for (const { path } of members) grouped.set(path, members);
  }
  const dimensions = axes.filter((axis) => (grouped.get(axis.path)?.[0] ?? axis) === axis).map((axis) => {
    const members = grouped.get(axis.path) ?? [axis];
    return { axes: members, length: 'values' in axis.takes ? axis.takes.values.length : undefined };
  });
  return ok(dimensions);
}

function unknownAxis(name: string, paths: readonly string[], where: string, source?: Exclusion['source']) {
  const short = shortNames(paths);
  const near = nearestName(name, paths) ?? nearestName(name, short.values());
  return failed('sweep-invalid', `${where} names ${name}, which is no axis of this sweep`, {
    ...(source && { where: whereOf(source) }), expected: `one of ${paths.join(', ')}`, ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  });
}

/** Without a dimension there is the one trial in which nothing is varied. */
function products(dimensions: readonly Dimension[]): readonly Point[] {
  return dimensions.reduce<readonly Point[]>((points, { axes, length }) =>
    points.flatMap((point) => Array.from({ length: length! }, (_, index) => [...point, ...axes.map((axis) => valuesOf(axis)[index]!)])), [[]]);
}

/** Each dimension is drawn by itself; of a list each value is as likely, in a Latin hypercube as frequent, as the others. */
function samples(dimensions: readonly Dimension[], { trials, method, seed }: Sample): readonly Point[] {
  const columns = dimensions.map(({ axes, length }) => {
    const draw = randomNumbers(seed, axes[0]!.path);
    const order = method === 'latin-hypercube' ? draw.permutation(trials) : undefined;
    return Array.from({ length: trials }, (_, trial) => {
      const u = order === undefined ? draw.next() : (order[trial]! + draw.next()) / trials;
      return axes.map((axis) => ('distribution' in axis.takes ? axis.takes.at(quantile(axis.takes.distribution, u)) : axis.takes.values[Math.min(length! - 1, Math.floor(u * length!))]!));
    });
  });
  return Array.from({ length: trials }, (_, trial) => columns.flatMap((column) => column[trial]!));
}

interface PlacedExclusion {
  readonly exclusion: Exclusion;
  /** By the axis's position. */
  readonly conditions: readonly (readonly [index: number, values: ReadonlySet<string>])[];
}

function exclusionsOn(paths: readonly string[], exclude: readonly Exclusion[]): Result<readonly PlacedExclusion[]> {
  const placed: PlacedExclusion[] = [];
  for (const exclusion of exclude) {
    const conditions: (readonly [number, ReadonlySet<string>])[] = [];
    for (const [name, values] of exclusion.conditions) {
      const path = axisMeant(name, paths);
      if (path === undefined) return unknownAxis(name, paths, 'exclude', exclusion.source);
      conditions.push([paths.indexOf(path), new Set(values.map((value) => canonicalJson(value as never)))]);
    }
    placed.push({ exclusion, conditions });
  }
  return ok(placed);
}

function isExcluded(point: Point, exclusions: readonly PlacedExclusion[], used: Set<Exclusion>): boolean {
  const met = exclusions.filter(({ conditions }) => conditions.every(([index, values]) => values.has(canonicalJson(point[index]!.json as never))));
  for (const { exclusion } of met) used.add(exclusion);
  return met.length > 0;
}

const exclusionText = ({ conditions }: Exclusion): string => [...conditions].map(([path, values]) => `${path}=${values.map((value: Json) => JSON.stringify(value)).at(0)!}`).join(' ');
