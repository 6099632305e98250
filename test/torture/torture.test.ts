// Deaths and errors at file-system calls of the built command, a sample of each kind of call: `npm run torture` takes every one.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeTrial, someOrders, stepsOf, tryAll, uninterrupted, type Scenario, type Trial } from './inject-each.ts';
import type { Order, Role } from './injection.ts';
import { coldScenario, conditionsAt, damagedScenario, elsewhereScenario, restoreScenario, trainingScenario } from './scenarios.ts';

const seed = 6;

/** Every trial must come to its place, but for some: what runs at the same time comes in another order. */
async function holds(scenario: Scenario, role: Role, count: number, more: (steps: Awaited<ReturnType<typeof stepsOf>>) => readonly Order[] = () => []): Promise<void> {
  const expected = await uninterrupted(scenario);
  const steps = await stepsOf(scenario, role);
  const orders = [...someOrders(steps, role, { count, seed }), ...more(steps)];
  const trials: Trial[] = [];
  const counts = await tryAll(scenario, orders, expected, (trial) => trials.push(trial));
  assert.equal(trials.filter(({ problem }) => problem !== undefined).map(describeTrial), []);
  assert.ok(counts.notReached <= orders.length / 3, `${counts.notReached} of ${orders.length} places were not reached`);
  assert.is(counts.trials, orders.length);
}

const cold = coldScenario(20);

test('nothing there: killed, or failed by the disk, at a file-system call, the next run is as if nothing had been', async () => {
  await holds(await cold, 'runner', 8, (steps) => conditionsAt(steps, 'runner', 1));
});

test('a damaged object that is being made again', async () => {
  await holds(await damagedScenario(await cold), 'runner', 3);
});

test('a cache on another file system than the work folders', async () => {
  const elsewhere = elsewhereScenario(await cold);
  if (elsewhere === undefined) {
    console.log('skipped: /dev/shm is no other file system here');
    assert.is(elsewhere, undefined);
    return;
  }
  await holds(elsewhere, 'runner', 3);
});

test('the real training, in its own process; and restoring what it made', async () => {
  const training = trainingScenario();
  await holds(training, 'stage', 1);
  await holds(await restoreScenario(training), 'runner', 3);
});

test.run();
