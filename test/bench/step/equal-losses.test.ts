import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { largestDifference } from '../../../bench/step/equal-losses.ts';

test('the largest difference is a share of what was expected', () => {
  assert.is(largestDifference({ a: 1, b: 3 }, { a: 1, b: 4 }), 0.25);
  assert.is(largestDifference({ a: 1, b: 4 }, { a: 1, b: 4 }), 0);
});

test('of a loss near 0 it is a share of the least that counts', () => {
  assert.is(largestDifference({ a: 0.25 }, { a: 0.125 }, 0.5), 0.25);
  assert.is(largestDifference({ a: 3 }, { a: 2 }, 0.5), 0.5);
});

test('a value that is missing, too many or no number is beyond all bounds', () => {
  assert.is(largestDifference({ a: 1 }, { a: 1, b: 1 }), Infinity);
  assert.is(largestDifference({ a: 1, b: 1 }, { a: 1 }), Infinity);
  assert.is(largestDifference({ b: 1 }, { a: 1 }), Infinity);
  assert.is(largestDifference({ a: NaN }, { a: 1 }), Infinity);
});

test.run();
