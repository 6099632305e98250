import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { survey } from './survey.ts';

test('every known way to break the training is seen by a test', async () => {
  const { survived } = await survey((line) => console.log(line));
  assert.equal(survived, []);
});

test.run();
