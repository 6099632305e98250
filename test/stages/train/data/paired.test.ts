import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPaired } from '../../../../stages/train/data/paired.ts';
import { failureOf } from '../tiny-training.ts';

test('images correspond by name, whatever the format, or by the numbers in their names', () => {
  assert.ok(checkPaired(['lake.jpg', '3.png'], ['lake.png', '3.jpg'], false).ok);
  assert.ok(checkPaired(['1_A.jpg', '2_A.jpg'], ['1_B.jpg', '2_B.jpg'], false).ok);
  assert.ok(checkPaired(['a007.png'], ['b7.png'], false).ok);
});

test('the first two that do not are named; of a set that is known to be paired only the number is looked at', () => {
  const failure = failureOf(checkPaired(['1.png', 'lake.png'], ['1.png', 'sea.png'], false));
  assert.is(failure.code, 'train-not-paired');
  assert.match(failure.message, 'lake.png of A and sea.png of B');
  assert.ok(checkPaired(['lake.png'], ['sea.png'], true).ok);
  assert.is(failureOf(checkPaired(['1.png'], [], true)).code, 'train-not-paired');
});

test.run();
