// Axes, zip, exclude and sampling as properties of random sweeps.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json } from '../../../pipeline/stage.ts';
import { pointsOf, type Points } from '../../../pipeline/sweep/spec/points.ts';
import { randomNumbers } from '../../../pipeline/sweep/spec/random-numbers.ts';
import type { Exclusion, Sample } from '../../../pipeline/sweep/spec/sweep-spec.ts';
import type { Axis } from '../../../pipeline/sweep/spec/axis.ts';
import { readTyped } from '../../../pipeline/sweep/spec/typed-axes.ts';
import { assertSame } from '../../helpers/assert-same.ts';

function axis(text: string): Axis {
  const typed = readTyped(text, '/');
  if (!typed.ok || !('axis' in typed.value)) throw new Error(`${text}: ${JSON.stringify(typed)}`);
  return typed.value.axis;
}

interface Asked {
  readonly zip?: readonly (readonly string[])[];
  readonly exclude?: readonly Exclusion[];
  readonly sample?: Sample;
  readonly seeds?: Axis;
}

const points = (axes: readonly Axis[], { zip = [], exclude = [], sample, seeds }: Asked = {}) => pointsOf({ axes, zip, exclude, sample }, seeds);

const rowsOf = (made: ReturnType<typeof points>): readonly (readonly Json[])[] => {
  if (!made.ok) throw new Error(made.failure.message);
  return made.value.points.map((point) => point.map(({ json }) => json));
};

const excluding = (conditions: Readonly<Record<string, readonly Json[]>>): Exclusion => ({ conditions: new Map(Object.entries(conditions)), source: axis('x=1,2').source });

const random = randomNumbers(7, 'points.test');
const pick = (most: number): number => Math.floor(random.next() * most);

test('a product has each combination once, the last axis fastest', () => {
  assertSame(rowsOf(points([axis('a=1,2'), axis('b=x,y,z')])), [[1, 'x'], [1, 'y'], [1, 'z'], [2, 'x'], [2, 'y'], [2, 'z']]);
  for (let round = 0; round < 50; round += 1) {
    const sizes = Array.from({ length: 1 + pick(4) }, () => 2 + pick(3));
    const axes = sizes.map((size, index) => axis(`p${index}=${Array.from({ length: size }, (_, value) => value).join(',')}`));
    const rows = rowsOf(points(axes));
    assert.is(rows.length, sizes.reduce((product, size) => product * size, 1));
    assert.is(new Set(rows.map((row) => JSON.stringify(row))).size, rows.length);
    assertSame([...rows].sort(compare), rows);
  }
});

function compare(left: readonly Json[], right: readonly Json[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return Number(left[at]) - Number(right[at]);
}

test('lists and texts with commas are values', () => {
  assertSame(rowsOf(points([axis('loss.weights.cycle=[5,10],[10,10]')])), [[[5, 10]], [[10, 10]]]);
  assertSame(rowsOf(points([axis('a="x,y",z')])), [['x,y'], ['z']]);
});

test('axes that go together take their values in step; a group stands where its first axis does', () => {
  const zipped = points([axis('a=1,2,3'), axis('b=x,y'), axis('c=4,5,6')], { zip: [['a', 'c']] });
  assertSame(rowsOf(zipped), [[1, 4, 'x'], [1, 4, 'y'], [2, 5, 'x'], [2, 5, 'y'], [3, 6, 'x'], [3, 6, 'y']]);
  assertSame((zipped as { readonly value: Points }).value.axes, ['a', 'c', 'b']);
  assert.match(failure(points([axis('a=1,2'), axis('b=1,2,3')], { zip: [['a', 'b']] })), /different numbers of values/);
  assert.match(failure(points([axis('a=1,2'), axis('b=1,2')], { zip: [['a', 'bb']] })), /zip names bb/);
  assert.match(failure(points([axis('a=1,2'), axis('b=1,2'), axis('c=1,2')], { zip: [['a', 'b'], ['b', 'c']] })), /zip names b twice/);
});

const failure = (made: ReturnType<typeof points>): string => {
  assert.not.ok(made.ok);
  const { message, expected = '', hint = '' } = (made as { readonly failure: { readonly message: string; readonly expected?: string; readonly hint?: string } }).failure;
  return `${message} ${expected} ${hint}`;
};

test('exclude leaves out what has all of its values, and nothing else', () => {
  for (let round = 0; round < 50; round += 1) {
    const [first, second] = [pick(3), pick(4)];
    const all = rowsOf(points([axis('p.a=0,1,2'), axis('b=0,1,2,3')]));
    const left = rowsOf(points([axis('p.a=0,1,2'), axis('b=0,1,2,3')], { exclude: [excluding({ a: [first], b: [second] }), excluding({ b: [(second + 1) % 4] })] }));
    assertSame(left, all.filter(([a, b]) => !(a === first && b === second) && b !== (second + 1) % 4));
  }
  assert.match(failure(points([axis('a=1,2')], { exclude: [excluding({ a: [1, 2] })] })), /all 2 trials are excluded/);
  assert.match(failure(points([axis('abc=1,2')], { exclude: [excluding({ abd: [1] })] })), /exclude names abd.*did you mean abc/);
  const idle = points([axis('a=1,2')], { exclude: [excluding({ a: [9] })] });
  assert.match((idle as { readonly value: Points }).value.warnings[0]!, /a=9 meets no trial/);
});

test('every drawn trial has every seed', () => {
  const rows = rowsOf(points([axis('a=uniform(0,1)')], { sample: { trials: 4, method: 'random', seed: 1 }, seeds: axis('seed=1,2,3') }));
  assert.is(rows.length, 12);
  for (let trial = 0; trial < 4; trial += 1) assertSame(rows.slice(trial * 3, trial * 3 + 3).map(([a, seed]) => [a === rows[trial * 3]![0], seed]), [[true, 1], [true, 2], [true, 3]]);
});

test('the same seed draws the same; another draws others; more trials or another axis move none that are there', () => {
  const draw = (trials: number, seed: number, axes = [axis('a=uniform(0,1)')]) => rowsOf(points(axes, { sample: { trials, method: 'random', seed } })).map(([a]) => a);
  assertSame(draw(5, 1), draw(5, 1));
  assert.not.equal(draw(5, 1), draw(5, 2));
  assertSame(draw(9, 1).slice(0, 5), draw(5, 1));
  assertSame(draw(5, 1, [axis('a=uniform(0,1)'), axis('b=1,2')]), draw(5, 1));
});

test('a Latin hypercube has one value in each of as many equal parts of every axis', () => {
  for (const trials of [1, 2, 7, 40]) {
    for (let seed = 0; seed < 10; seed += 1) {
      const rows = rowsOf(points([axis('a=uniform(-2,6)'), axis('b=loguniform(1e-4,1)'), axis('c=x,y,z,w'), axis('d=integers(3,6)')], { sample: { trials, method: 'latin-hypercube', seed } }));
      // Sampled numbers are rounded to four digits: those at the edge of a part may be told to lie in the next.
      const parts = (values: readonly number[]) => values.map((value) => value * trials).sort((left, right) => left - right);
      const inTheirPart = (values: readonly number[]) => parts(values).every((value, part) => value > part - 0.02 && value < part + 1.02);
      assert.ok(inTheirPart(rows.map(([a]) => (Number(a) + 2) / 8)), 'uniform');
      assert.ok(inTheirPart(rows.map(([, b]) => (Math.log10(Number(b)) + 4) / 4)), 'loguniform');
      for (const [column, values] of [[2, ['x', 'y', 'z', 'w']], [3, [3, 4, 5, 6]]] as const) {
        const counts = values.map((value) => rows.filter((row) => row[column] === value).length);
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1 + (trials % 4 === 0 ? -1 : 1), `${counts.join()} of ${trials}`);
      }
    }
  }
});

test('sampled values stay in their range and are short enough to type', () => {
  const rows = rowsOf(points([axis('a=uniform(0.12345,0.12346)'), axis('b=integers(-1,1)')], { sample: { trials: 200, method: 'random', seed: 3 } }));
  for (const [a, b] of rows) assert.ok(Number(a) >= 0.12345 && Number(a) <= 0.12346 && [-1, 0, 1].includes(Number(b)));
  assert.match(failure(points([axis('a=uniform(0,1)')])), /no list of values.*does not sample/);
});

test.run();
