import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../pipeline/plan/canonical-json.ts';
import type { CanonicalValue } from '../../../pipeline/plan/canonical-json.ts';
import { randomStream } from '../../../stages/random.ts';
import type { RandomStream } from '../../../stages/random.ts';

const texts = ['', 'a', 'ab', 'a"b', '\\', '\n', 'é', 'e\u0301', '日本', '\u{1f3a8}', '\ud800', '__proto__', '10', '2', '},{', 'ﬁ'];
const numbers = [0, 1, -1, 0.1, 1e-7, 1e21, 5e-324, 1.7976931348623157e308, 2 ** 53, 1 / 3, -0.5, 100];

function randomValue(random: RandomStream, depth = 3): CanonicalValue {
  const kind = random.integer(depth > 0 ? 6 : 4);
  if (kind === 0) return [null, true, false][random.integer(3)]!;
  if (kind === 1) return numbers[random.integer(numbers.length)]!;
  if (kind === 2) return texts[random.integer(texts.length)]!;
  if (kind === 3) return random.normal();
  const size = random.integer(4);
  if (kind === 4) return Array.from({ length: size }, () => randomValue(random, depth - 1));
  return Object.fromEntries(Array.from({ length: size }, () => [texts[random.integer(texts.length)]!, randomValue(random, depth - 1)]));
}

/** The same value, every mapping's keys in another order. */
function reordered(value: CanonicalValue, random: RandomStream): CanonicalValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: CanonicalValue) => reordered(item, random));
  const members = Object.entries(value as { readonly [key: string]: CanonicalValue });
  return Object.fromEntries(random.shuffle(members).map(([key, member]) => [key, reordered(member, random)]));
}

test('it is JSON: reading it gives the value back, and writing that gives the same text', () => {
  for (let seed = 0; seed < 500; seed += 1) {
    const value = randomValue(randomStream(seed, 'value'));
    const text = canonicalJson(value);
    assert.equal(JSON.parse(text), value);
    assert.is(canonicalJson(JSON.parse(text) as CanonicalValue), text);
  }
});

test('the order in which keys were written does not matter; the order of lists does', () => {
  for (let seed = 0; seed < 500; seed += 1) {
    const random = randomStream(seed, 'order');
    const value = randomValue(random);
    assert.is(canonicalJson(reordered(value, random)), canonicalJson(value));
  }
  assert.is.not(canonicalJson([1, 2]), canonicalJson([2, 1]));
});

test('different values have different texts', () => {
  const values: readonly CanonicalValue[] = [
    null, true, false, 0, 1, '', '0', '1', 'null', [], {}, [[]], [{}], [null], ['ab', 'c'], ['a', 'bc'], ['a', 'b', 'c'], ['a,b', 'c'],
    { a: 1 }, { a: '1' }, { a: null }, { b: 1 }, { a: 1, b: 2 }, { 'a":1,"b': 2 }, 0.1, 0.1 + 0.2, 0.3, 1e21, 'é', 'e\u0301',
    '\ud800', '\udfff', '\ufffd', { é: 1 }, { 'e\u0301': 1 }, { __proto__: null, x: 1 }, JSON.parse('{"__proto__": 1}') as CanonicalValue,
  ];
  const written = values.map(canonicalJson).map((text) => Buffer.from(text, 'utf8').toString('hex'));
  assert.is(new Set(written).size, values.length);
});

test('numbers are written one way: 1.0 is 1, 1e2 is 100, -0 is 0; an undefined member is absent', () => {
  assert.is(canonicalJson([1.0, 1e2, -0, 1e-7, 1e21]), '[1,100,0,1e-7,1e+21]');
  assert.is(canonicalJson({ b: undefined, a: 1 }), '{"a":1}');
});

test('keys are sorted by code unit, not by any locale, and numbers are not special', () => {
  assert.is(canonicalJson({ b: 1, a: 1, B: 1, é: 1, '10': 1, '2': 1 }), '{"10":1,"2":1,"B":1,"a":1,"b":1,"é":1}');
});

test('what is no JSON is a bug', () => {
  const wrong: readonly unknown[] = [NaN, Infinity, [undefined], undefined, () => 1, Symbol('s'), 1n, new Date(0), new Map(), Buffer.from('a')];
  for (const each of wrong) assert.throws(() => canonicalJson(each as CanonicalValue), /not a JSON/);
});

test.run();
