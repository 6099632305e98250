import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { schedule, type Schedulable } from '../../../pipeline/execute/schedule.ts';

type Outcome = 'ok' | 'failed' | 'skipped';

/** A random DAG in topological order, and which of its stages fail. */
function randomDag(seed: number) {
  const random = xoroshiro128plus(seed);
  const integer = (below: number) => uniformInt(random, 0, below - 1);
  const stages: Schedulable[] = [];
  const count = 1 + integer(14);
  for (let index = 0; index < count; index += 1) {
    const from = stages.filter(() => integer(4) === 0).map((stage) => stage.name);
    stages.push({ name: `s${index}`, from, exclusive: integer(3) === 0 });
  }
  const failing = new Set(stages.filter(() => integer(6) === 0).map((stage) => stage.name));
  return { stages, failing, jobs: 1 + integer(4), pause: () => integer(3) };
}

test('on random DAGs: order, slots and the engine are respected; exactly what depends on a failure is skipped', async () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const { stages, failing, jobs, pause } = randomDag(seed);
    const done = new Set<string>();
    let running = 0;
    let engines = 0;
    const outcomes = await schedule<Schedulable, Outcome>(stages, {
      jobs,
      async run(stage) {
        assert.ok(stage.from.every((name) => done.has(name)), `${stage.name} runs after what it reads (seed ${seed})`);
        running += 1;
        if (stage.exclusive) engines += 1;
        assert.ok(running <= jobs && engines <= 1, `slots (seed ${seed})`);
        for (let turns = pause(); turns > 0; turns -= 1) await new Promise(setImmediate);
        running -= 1;
        if (stage.exclusive) engines -= 1;
        if (failing.has(stage.name)) return 'failed';
        done.add(stage.name);
        return 'ok';
      },
      succeeded: (outcome) => outcome === 'ok',
      skip: () => 'skipped',
    });
    const expected = new Map<string, Outcome>();
    for (const { name, from } of stages) {
      expected.set(name, from.some((read) => expected.get(read) !== 'ok') ? 'skipped' : failing.has(name) ? 'failed' : 'ok');
    }
    assert.equal([...outcomes], [...expected]);
  }
});

test('independent stages really run at once', async () => {
  const names = ['a', 'b', 'c'];
  let waiting = 0;
  let open: () => void = () => undefined;
  const allThere = new Promise<void>((resolve) => { open = resolve; });
  await schedule(names.map((name) => ({ name, from: [], exclusive: false })), {
    jobs: 3,
    async run() {
      waiting += 1;
      if (waiting === names.length) open();
      await allThere;
      return true;
    },
    succeeded: (outcome) => outcome, skip: () => false,
  });
  assert.is(waiting, 3);
});

test('a bug in one stage is thrown, after the others have ended', async () => {
  let ended = false;
  const running = schedule([{ name: 'bug', from: [], exclusive: false }, { name: 'fine', from: [], exclusive: false }], {
    jobs: 2,
    async run(stage) {
      if (stage.name === 'bug') throw new RangeError('bug');
      await new Promise(setImmediate);
      ended = true;
      return true;
    },
    succeeded: (outcome) => outcome, skip: () => false,
  });
  await running.then(() => assert.unreachable(), (error: unknown) => assert.instance(error, RangeError));
  assert.ok(ended);
});

test.run();
