// Deaths and errors at file-system calls of the built command, a sample of each kind of call: `npm run torture` takes every one.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeTrial, someOrders, stepsOf, tryAll, tryOrder, uninterrupted, type Scenario, type Trial } from './inject-each.ts';
import { isDeath, type Order, type Role } from './injection.ts';
import { runInside } from './inside.ts';
import { coldScenario, collectScenario, conditionsAt, damagedScenario, elsewhereScenario, pullScenario, pushScenario, restoreScenario, trainingScenario } from './scenarios.ts';
import { trySnapshots } from './snapshots.ts';

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
const few = coldScenario(4);

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

test('collecting, pushing and pulling, killed or failed by the disk: nothing that is needed is lost, and the same command goes on', async () => {
  for (const make of [collectScenario, pushScenario, pullScenario]) {
    const scenario = { ...await make(await few), run: runInside };
    const expected = await uninterrupted(scenario);
    const steps = await stepsOf(scenario, 'runner');
    const problems: string[] = [];
    const say = (trial: Trial): void => void (trial.problem !== undefined && problems.push(describeTrial(trial)));
    const { trials } = await trySnapshots(scenario, steps, expected, say, 9);
    const errors = someOrders(steps, 'runner', { count: 16, seed }).filter(({ do: deed }) => !isDeath(deed));
    await tryAll(scenario, errors, expected, say);
    assert.equal(problems, []);
    assert.ok(trials > 1 && errors.length === 8);
  }
});

test('an object that cannot be read for a moment is not set aside, nor made again; one that cannot be read at all is one clear error', async () => {
  const restoring = { ...await restoreScenario(trainingScenario()), run: runInside };
  const expected = await uninterrupted(restoring);
  const reads = (await stepsOf(restoring, 'runner')).filter(({ at, place }) => at.startsWith('r') && place.includes('cache/objects/'));
  assert.ok(reads.length > 10);
  for (const [deed, step] of [['EIO', reads[0]!], ['EIO', reads.at(-1)!], ['EMFILE', reads.at(-1)!], ['EACCES', reads.at(-1)!]] as const) {
    const trial = await tryOrder(restoring, { role: 'runner', at: step.at, do: deed }, expected);
    assert.is(trial.problem, undefined);
    assert.ok(trial.reached?.includes('cache/objects/'));
  }
});

test.run();
