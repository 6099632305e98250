/** Values given by a function instead of a list: `range(0,1,0.25)`, `logspace(1,100,5)`, `uniform(1,20)`. */
import { nearestName } from '../../config/nearest-name.ts';
import type { Distribution } from './distribution.ts';

export type Called =
  | { readonly values: readonly number[] }
  | { readonly distribution: Distribution }
  /** What is wrong with the call. */
  | { readonly wrong: string; readonly expected: string };

interface ValueFunction {
  readonly usage: string;
  /** How many arguments it takes. */
  readonly takes: readonly [fewest: number, most: number];
  /** A text says what is wrong. */
  call(...args: readonly number[]): readonly number[] | Distribution | string;
}

const mostValues = 100_000;

const functions: Readonly<Record<string, ValueFunction>> = {
  range: {
    usage: 'range(start, stop, step): from start on, stop itself not', takes: [1, 3],
    call: (...args) => {
      const [start, stop, step = 1] = args.length === 1 ? [0, args[0]!] : args as readonly [number, number, number?];
      if (step === 0 || (stop - start) / step <= 0) return `no number lies from ${start} to ${stop} in steps of ${step}`;
      // A stop that a step meets but for rounding is met.
      return counted(Math.ceil((stop - start) / step - 1e-9), (index) => start + index * step);
    },
  },
  linspace: {
    usage: 'linspace(first, last, count): both ends included', takes: [3, 3],
    call: (first, last, count) => wholeCount(count!) ?? counted(count!, (index) => first! + (last! - first!) * (index / Math.max(1, count! - 1))),
  },
  logspace: {
    usage: 'logspace(first, last, count): both ends included, equal ratios between', takes: [3, 3],
    call: (first, last, count) => {
      if (first! <= 0 || last! <= 0) return 'both ends of a logarithmic range are above 0';
      return wholeCount(count!) ?? counted(count!, (index) => first! * (last! / first!) ** (index / Math.max(1, count! - 1)));
    },
  },
  uniform: { usage: 'uniform(min, max)', takes: [2, 2], call: (min, max) => between('uniform', min!, max!) },
  loguniform: { usage: 'loguniform(min, max)', takes: [2, 2], call: (min, max) => (min! > 0 ? between('loguniform', min!, max!) : 'both ends of a logarithmic range are above 0') },
  integers: { usage: 'integers(min, max): both ends included', takes: [2, 2], call: (min, max) => (Number.isInteger(min) && Number.isInteger(max) ? between('integers', min!, max!) : 'both ends are whole numbers') },
};

const between = (kind: Distribution['kind'], min: number, max: number): Distribution | string => (min < max ? { kind, min, max } : `${min} is not below ${max}`);

const wholeCount = (count: number): string | undefined => (Number.isInteger(count) && count >= 1 ? undefined : `${count} is no number of values`);

/** Sums of steps are rounded: 0.1 + 0.2 is 0.3. */
function counted(count: number, at: (index: number) => number): readonly number[] | string {
  if (count > mostValues) return `that are ${count} values, and an axis has at most ${mostValues}`;
  return Array.from({ length: count }, (_, index) => Number(at(index).toPrecision(12)));
}

/** `1..5`, as other languages write it. */
const dots = /^\s*(-?\d+(?:\.\d+)?)\s*\.{2,3}\s*(-?\d+(?:\.\d+)?)\s*$/;

/** Undefined where the text is no call: a name, and brackets to the end. */
export function callIn(text: string): Called | undefined {
  const [, from, to] = dots.exec(text) ?? [];
  if (from !== undefined) return { wrong: `${text.trim()} is not how a range is written`, expected: `range(${from}, ${Number(to) + 1}), which leaves its end out, or linspace(${from}, ${to}, count)` };
  const [, name, inside] = /^\s*([A-Za-z_]\w*)\s*\((.*)\)\s*$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) {
    const near = nearestName(name, Object.keys(functions));
    return { wrong: `there is no function ${name} for values`, expected: near === undefined ? `one of ${Object.keys(functions).join(', ')}; a text with brackets stands in quotes` : `did you mean ${functions[near]!.usage}?` };
  }
  const written = inside!.trim() === '' ? [] : inside!.split(',').map((part) => part.trim());
  const numbers = written.map(Number);
  const bad = written.find((part, index) => part === '' || !Number.isFinite(numbers[index]));
  if (bad !== undefined) return { wrong: `${bad === '' ? 'nothing' : bad} is not a number, in ${text.trim()}`, expected: known.usage };
  const [fewest, most] = known.takes;
  if (numbers.length < fewest || numbers.length > most) return { wrong: `${name} is given ${numbers.length} numbers`, expected: known.usage };
  const made = known.call(...numbers);
  if (typeof made === 'string') return { wrong: made, expected: known.usage };
  return 'kind' in made ? { distribution: made } : { values: made };
}
