import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callIn, type Called } from '../../../pipeline/sweep/spec/value-functions.ts';

const valuesOf = (text: string): readonly number[] => (callIn(text) as Extract<Called, { values: unknown }>).values;

test('range is as in Python and Hydra: the stop is left out, steps may be fractions, and go down', () => {
  assert.equal(valuesOf('range(0,1,0.25)'), [0, 0.25, 0.5, 0.75]);
  assert.equal(valuesOf('range(3)'), [0, 1, 2]);
  assert.equal(valuesOf('range(1, 4)'), [1, 2, 3]);
  assert.equal(valuesOf('range(1,0,-0.5)'), [1, 0.5]);
});

test('no rounding shows, and none adds or loses a value', () => {
  assert.equal(valuesOf('range(0,0.5,0.1)'), [0, 0.1, 0.2, 0.3, 0.4]);
  for (let count = 1; count < 60; count += 1) assert.is(valuesOf(`range(0,${(count * 0.1).toPrecision(3)},0.1)`).length, count);
});

test('linspace and logspace have both ends', () => {
  assert.equal(valuesOf('linspace(0,1,5)'), [0, 0.25, 0.5, 0.75, 1]);
  assert.equal(valuesOf('linspace(2,9,1)'), [2]);
  assert.equal(valuesOf('logspace(1,1000,4)'), [1, 10, 100, 1000]);
  assert.equal(valuesOf('logspace(1e-4,1e-2,3)'), [1e-4, 1e-3, 1e-2]);
});

test('what cannot be called says what was expected', () => {
  const wrong = (text: string): string => {
    const called = callIn(text)!;
    assert.ok('wrong' in called, text);
    return `${called.wrong}: ${called.expected}`;
  };
  assert.match(wrong('rang(0,1)'), /did you mean range\(start, stop, step\)/);
  assert.match(wrong('range(0,one)'), /one is not a number/);
  assert.match(wrong('range(0,1,0)'), /no number lies/);
  assert.match(wrong('range(1,2,3,4)'), /is given 4 numbers/);
  assert.match(wrong('loguniform(0,1)'), /above 0/);
  assert.match(wrong('uniform(2,1)'), /2 is not below 1/);
  assert.match(wrong('integers(0.5,2)'), /whole numbers/);
  assert.match(wrong('linspace(0,1,2.5)'), /2\.5 is no number of values/);
  assert.match(wrong('range(0,1e9)'), /1000000000 values, and an axis has at most 100000/);
  assert.match(wrong('1..5'), /range\(1, 6\)/);
  assert.is(callIn('../data'), undefined);
  assert.is(callIn('1.5'), undefined);
  assert.is(callIn('[1,2]'), undefined);
  assert.is(callIn('a text (with brackets), more'), undefined);
});

test.run();
