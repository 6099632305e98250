import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReadAhead } from '../../../../stages/train/data/read-ahead.ts';

test('the next item is already asked for, each once, and none beyond the end', async () => {
  const asked: number[] = [];
  const ahead = new ReadAhead(async (index) => (asked.push(index), index * 10), 5);
  assert.is(await ahead.get(2), 20);
  assert.equal(asked, [2, 3]);
  assert.is(await ahead.get(3), 30);
  assert.is(await ahead.get(4), 40);
  assert.equal(asked, [2, 3, 4]);
});

test('a failure reaches the one who asks for that item, and closing forgets it', async () => {
  const failing = (index: number) => (index === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(index));
  const ahead = new ReadAhead(failing, 3);
  await ahead.get(0);
  await new Promise((resolve) => setImmediate(resolve));
  let message = '';
  await ahead.get(1).catch((error: Error) => (message = error.message));
  assert.is(message, 'gone');
  const closed = new ReadAhead(failing, 3);
  await closed.get(0);
  await closed.close();
});

test.run();
