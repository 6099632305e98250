import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failed, ok } from '../../pipeline/failure.ts';
import { forEachBounded, lanes } from '../../stages/bounded.ts';
import { randomStream } from '../../stages/random.ts';
import { codeOf, messageOf } from './stage-rig.ts';

const never = new AbortController().signal;
const items = Array.from({ length: 40 }, (_, i) => i);

test('all items are done once, never more than the lanes at a time', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  const result = await forEachBounded(items, never, async (item) => {
    most = Math.max(most, ++running);
    await sleep(item % 3);
    running--;
    done.push(item);
    return ok(undefined);
  });
  assert.ok(result.ok && most <= lanes());
  assert.equal(done.sort((one, other) => one - other), items);
});

test('of several failures and exceptions the first item counts; nothing runs on afterwards', async () => {
  for (let seed = 0; seed < 30; seed++) {
    const chance = randomStream(seed, 'failing');
    const fate = items.map((_, item) => (item >= 5 && chance.next() < 0.2 ? (chance.integer(2) ? 'fails' : 'throws') : 'works'));
    const delays = items.map(() => chance.integer(4));
    const first = fate.findIndex((so) => so !== 'works');
    let running = 0;
    let lastMessage = '';
    const result = await forEachBounded(items, never, async (item) => {
      running++;
      await sleep(delays[item]);
      running--;
      if (fate[item] === 'throws') throw new Error(`item ${item}`);
      return fate[item] === 'fails' ? failed('cache-full', `item ${item}`) : ok(undefined);
    }).catch((error: Error) => (lastMessage = error.message));
    if (typeof result !== 'string') lastMessage = result.ok ? '' : messageOf(result).split(' |')[0]!;
    assert.is(lastMessage, first < 0 ? '' : `item ${first}`);
    assert.is(running, 0);
  }
});

test('stop ends it as interrupted, after what has begun', async () => {
  const stop = new AbortController();
  let done = 0;
  const result = await forEachBounded(items, stop.signal, async (item) => {
    if (item === 7) stop.abort();
    await sleep(1);
    done++;
    return ok(undefined);
  });
  assert.is(codeOf(result), 'interrupted');
  assert.ok(done >= 8 && done <= 8 + lanes());
});

test.run();
