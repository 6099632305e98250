/** What differed: config, code, data, environment. */
import type { Json } from '../../stage.ts';
import type { CodeDifference, Comparison, ConfigDifference, DataDifference, EnvironmentDifference, WrittenValue } from '../comparison.ts';
import { valueText } from './numbers.ts';
import { cut, wrap, type TerminalStyle } from './style.ts';

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A patch is never cut: it is to be read, or applied. */
export function differenceSections(comparison: Comparison, style: TerminalStyle): readonly Section[] {
  const { config, code, data, environment, columns, sweep } = comparison;
  // The axes of a sweep head its tables.
  const told = config.filter(({ path }) => sweep === undefined || !sweep.axes.some((axis) => path === axis || path.endsWith(`.${axis}`)));
  const letters = columns.map(({ letter }) => letter);
  const sections: readonly Section[] = [
    { title: 'Config', lines: told.flatMap((each) => configLines(each, letters, style)) },
    { title: 'Code', lines: codeLines(code, letters.length, style) },
    { title: 'Data', lines: dataLines(data, letters.length, style) },
    { title: 'Environment', lines: environment.flatMap((each) => environmentLines(each, letters, style)) },
  ];
  const same = sameParts(comparison);
  const found = sections.filter(({ lines }) => lines.length > 0);
  return same.length === 0 ? found : [...found, { title: `The same: ${same.join(', ')}`, lines: [] }];
}

/** What is the same in every column. The settings of a sweep are not: their axes head its tables. */
function sameParts({ config, code, data, environment, columns, sweep, unknown }: Omit<Comparison, 'metrics'>): readonly string[] {
  const isKnown = (part: Comparison['unknown'][number]): boolean => columns.length > 1 && !unknown.includes(part);
  const isSame = { config: config.length === 0 && sweep === undefined && isKnown('config'), code: code.length === 0 && columns.length > 1, data: data.length === 0 && isKnown('data'), environment: environment.length === 0 && isKnown('environment') };
  return Object.entries(isSame).filter(([, is]) => is).map(([part]) => part);
}

function configLines({ path, values }: ConfigDifference, letters: readonly string[], { width }: TerminalStyle): readonly string[] {
  if (letters.length > 2) return [cut(`  ${path}`, width), ...byValue(values, letters, width)];
  const texts = values.map((each) => (each === null ? 'absent' : valueText(each.value)));
  const change = `${texts[0]} → ${texts[1]}`;
  const oneLine = `  ${path}  ${change}`;
  const head = oneLine.length <= width ? [oneLine] : [cut(`  ${path}`, width), ...texts.flatMap((text, index) => wrap(`${letters[index]!} ${text}`, width, '      ').slice(0, 4))];
  return [...head, ...values.flatMap((each, index) => (each?.place === undefined ? [] : [cut(`      ${letters[index]!} ${each.place}`, width)]))];
}

/** `    5  A, C  (configs/monet.yaml:14:12)`, one line a value. */
function byValue(values: readonly (WrittenValue | null)[], letters: readonly string[], width: number): readonly string[] {
  const groups = new Map<string, { readonly letters: string[]; readonly place: string | undefined }>();
  values.forEach((each, index) => {
    const text = each === null ? 'absent' : valueText(each.value);
    const group = groups.get(text) ?? { letters: [], place: each?.place };
    group.letters.push(letters[index]!);
    groups.set(text, group);
  });
  const lines = [...groups].map(([text, group]) => cut(`      ${cut(text, 30)}  ${someLetters(group.letters)}${group.place === undefined ? '' : `  ${group.place}`}`, width));
  return lines.length <= valuesAtMost ? lines : [...lines.slice(0, valuesAtMost - 1), `      and ${lines.length - valuesAtMost + 1} other values`];
}

const valuesAtMost = 8;
const lettersAtMost = 8;

const someLetters = (letters: readonly string[]): string => letters.slice(0, lettersAtMost).join(', ') + (letters.length > lettersAtMost ? ` and ${letters.length - lettersAtMost} more` : '');

function codeLines(differences: readonly CodeDifference[], columns: number, { width }: TerminalStyle): readonly string[] {
  return [...byText(differences, columns)].flatMap(([text, { head, first }]) => [
    ...wrap(`${head}${text}`, width, '  '),
    ...(first.patch === undefined ? (first.stat ?? '').split('\n').filter((line) => line !== '').map((line) => cut(`   ${line}`, width)) : first.patch.trimEnd().split('\n')),
  ]);
}

const dataLines = (differences: readonly DataDifference[], columns: number, { width }: TerminalStyle): readonly string[] =>
  [...byText(differences, columns)].flatMap(([text, { head }]) => wrap(`${head}${text}`, width, '  '));

/** What is said alike of several columns is said once. */
function byText<T extends { readonly letter: string; readonly text: string }>(differences: readonly T[], columns: number): ReadonlyMap<string, { readonly head: string; readonly first: T }> {
  const letters = new Map<string, T[]>();
  for (const each of differences) letters.set(each.text, [...(letters.get(each.text) ?? []), each]);
  return new Map([...letters].map(([text, found]) => [text, { first: found[0]!, head: columns === 2 ? '' : `${someLetters(found.map(({ letter }) => letter))}: ` }]));
}

function environmentLines({ name, values }: EnvironmentDifference, letters: readonly string[], { width }: TerminalStyle): readonly string[] {
  const text = (value: Json | null): string => (value === null ? 'none' : valueText(value));
  if (letters.length === 2) return wrap(`${name}  ${text(values[0]!)} → ${text(values[1]!)}`, width, '  ');
  return [cut(`  ${name}`, width), ...byValue(values.map((value) => (value === null ? null : { value })), letters, width)];
}
