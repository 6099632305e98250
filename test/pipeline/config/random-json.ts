/** Seeded random JSON for property tests: awkward texts and numbers, nested mappings and lists. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Json } from '../../../pipeline/stage.ts';

const texts = [
  '', ' ', 'plain', 'true', 'null', '~', '1e-4', '0x10', 'yes', '- a', 'a: b', '# no comment', '#x', '[a, b]', '{a}', '*x', '&x', '!x', '@x', '%x',
  '${a.b}', '\\${a}', '\\\\${a', '$', '$${x}', '${', '}', "it's", '"', 'two\nlines', 'tab\there', ' trailing ', 'ünïcödé 漢字 🎨', 'C:\\data\\x', '\u0007', '---', '...', '<<', '=', '012', '1_000', '.5', '+1',
];
const names = ['a', 'b', 'c', 'd', 'filters', 'weights', '__proto__', 'constructor', 'ä', '0', 'x-y'];

export function randomJson(seed: number) {
  const generator = xoroshiro128plus(seed);
  const integer = (from: number, to: number): number => uniformInt(generator, from, to);
  const pick = <T>(items: readonly T[]): T => items[integer(0, items.length - 1)]!;
  const number = (): number => pick([0, 1, -1, 0.1, 1e-4, 1e300, 5e-324, 2 ** 53, integer(-1000, 1000), uniformFloat64(generator)]);
  const text = (): string => Array.from({ length: integer(1, 3) }, () => pick(texts)).join('');
  const scalar = (): Json => pick([text, number, () => true, () => false, () => null])();
  const map = (depth: number): { readonly [key: string]: Json } => Object.fromEntries(Array.from({ length: integer(0, 5) }, () => [pick(names), value(depth - 1)]));
  const list = (depth: number): Json => Array.from({ length: integer(0, 3) }, () => value(depth - 1));
  const value = (depth: number): Json => (depth <= 0 ? scalar() : pick([scalar, () => map(depth), () => map(depth), () => list(depth)])());
  return { integer, pick, number, text, scalar, map, value };
}
