/** One thing that a sweep varies: a path of the config and the values that it takes. */
import type { Override } from '../../config/override/override.ts';
import type { Source } from '../../config/tree/source.ts';
import type { Json } from '../../stage.ts';
import type { Distribution } from './distribution.ts';

export interface AxisValue {
  readonly override: Override;
  readonly json: Json;
  /** As it would be typed after `path=`. */
  readonly text: string;
}

export interface Axis {
  /** `loss.weights.cycle`. */
  readonly path: string;
  /** Where it is written, for messages. */
  readonly source: Source;
  /** A list; or what values are drawn from, in a sweep that samples. */
  readonly takes: { readonly values: readonly AxisValue[] } | { readonly distribution: Distribution; at(value: number): AxisValue };
}

/** For a line of progress: `cycle`, or where several axes end so, `weights.cycle`. */
export function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(paths.map((path) => [path, shortest(path, paths)]));
}

function shortest(path: string, among: readonly string[]): string {
  const names = path.split('.');
  for (let count = 1; count < names.length; count += 1) {
    const end = names.slice(-count).join('.');
    if (!among.some((other) => other !== path && (other === end || other.endsWith(`.${end}`)))) return end;
  }
  return path;
}

/** The axis that a person means by its path or an ending of it; undefined where none or several are meant. */
export function axisMeant(name: string, paths: readonly string[]): string | undefined {
  if (paths.includes(name)) return name;
  const ending = paths.filter((path) => path.endsWith(`.${name}`));
  return ending.length === 1 ? ending[0] : undefined;
}

/** `cycle=5 seed=2`. */
export function valuesText(values: Readonly<Record<string, Json>>): string {
  const short = shortNames(Object.keys(values));
  return Object.entries(values).map(([path, value]) => `${short.get(path)!}=${valueText(value)}`).join(' ');
}

/** As people write it: numbers and plain words without quotes. */
export function valueText(value: Json): string {
  if (typeof value === 'string' && /^[A-Za-z_./~-][\w./~ -]*$/.test(value) && !/^(true|false|null|~)$/i.test(value)) return value;
  return JSON.stringify(value);
}
