// Processes racing on one cache, for some seconds; `npm run torture` races twenty for five minutes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { race } from './race.ts';

test('six processes on six configs that share their stages: no error, one execution a key, and who waits says for whom', async () => {
  const said: string[] = [];
  const { runs, keys, executions, waited, problems } = await race({ processes: 6, seconds: 3, seed: 1, say: (line) => said.push(line) });
  assert.equal(said, []);
  assert.is(problems, 0);
  assert.ok(runs >= 6);
  assert.is(executions, keys);
  assert.is(keys % 4, 0);
  assert.ok(waited > 0, 'some waited');
});

test.run();
