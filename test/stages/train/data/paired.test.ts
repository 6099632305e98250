import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkPaired } from '../../../../stages/train/data/paired.ts';
import { failureOf } from '../tiny-training.ts';

test('pairs are what the set says, and as many of A as of B', () => {
  assert.ok(checkPaired(true, 3, 3).ok);
  const unknown = failureOf(checkPaired(false, 3, 3));
  assert.is(unknown.code, 'train-not-paired');
  assert.match(unknown.expected!, 'paired: [train] in fetch');
  assert.match(failureOf(checkPaired(true, 3, 4)).message, 'there are 3 training images of A and 4 of B');
});

test.run();
