import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JobState } from '../../../pipeline/sweep/job-state.ts';
import { highestRungs, type Climb } from '../../../pipeline/sweep/halving.ts';
import { rungSizes } from '../../../pipeline/sweep/cost.ts';
import { randomNumbers } from '../../../pipeline/sweep/spec/random-numbers.ts';
import type { Halving } from '../../../pipeline/sweep/sweep-record.ts';

const halving: Halving = { metric: 'score', goal: 'max', eta: 3, parameter: 'p', epochs: [1, 3, 9], asynchronous: false };
const done = (...metrics: readonly number[]): Climb => ({ states: [0, 1, 2].map((rung) => (rung < metrics.length ? 'done' : 'waiting')), metrics: [0, 1, 2].map((rung) => metrics[rung]) });
const at = (state: JobState): Climb => ({ states: [state, 'waiting', 'waiting'], metrics: [undefined, undefined, undefined] });

test('nobody goes on before all of a rung have ended; then the best third does', () => {
  assert.equal(highestRungs([done(1), done(5), done(3), at('running')], halving), [0, 0, 0, 0]);
  assert.equal(highestRungs([done(1), done(5), done(3), at('failed')], halving), [0, 1, 0, 0]);
  assert.equal(highestRungs([done(1), done(5), done(3)], { ...halving, goal: 'min' }), [1, 0, 0]);
  assert.equal(highestRungs([done(2), done(2), done(2)], halving), [1, 0, 0], 'of equals the first');
});

test('asynchronously a trial goes on as soon as it is among the best third of those that came as far', () => {
  const asynchronous = { ...halving, asynchronous: true };
  assert.equal(highestRungs([done(1), done(5), at('running')], asynchronous), [0, 0, 0]);
  assert.equal(highestRungs([done(1), done(5), done(2), at('running'), at('waiting')], asynchronous), [0, 1, 0, 0, 0]);
  // One that went on stays there, although a better one came later.
  assert.equal(highestRungs([done(1), { states: ['done', 'running', 'waiting'], metrics: [5, undefined, undefined] }, done(6)], asynchronous), [0, 1, 1]);
});

test('a trial whose metric is no number, or that failed, never goes on', () => {
  const odd: Climb = { states: ['done', 'waiting', 'waiting'], metrics: [undefined, undefined, undefined] };
  assert.equal(highestRungs([odd, at('failed'), done(0)], halving), [0, 0, 1]);
  assert.equal(highestRungs([odd, odd, odd], halving), [0, 0, 0]);
});

test('played to the end, every rung has the size that was said, and the best of all is among the last', () => {
  const random = randomNumbers(3, 'halving.test');
  for (const [trials, asynchronous] of [[9, false], [27, false], [10, false], [27, true], [40, true]] as const) {
    const setting = { ...halving, asynchronous };
    const quality = Array.from({ length: trials }, () => random.next());
    const climbs = quality.map(() => ({ states: ['waiting', 'waiting', 'waiting'] as JobState[], metrics: [undefined, undefined, undefined] as (number | undefined)[] }));
    for (;;) {
      const highest = highestRungs(climbs, setting);
      const next = climbs.flatMap(({ states }, trial) => states.findIndex((state, rung) => state === 'waiting' && rung <= highest[trial]!) >= 0 ? [trial] : []);
      if (next.length === 0) break;
      const trial = next[Math.floor(random.next() * next.length)]!;
      const rung = climbs[trial]!.states.indexOf('waiting');
      climbs[trial]!.states[rung] = 'done';
      climbs[trial]!.metrics[rung] = quality[trial];
    }
    const sizes = [0, 1, 2].map((rung) => climbs.filter(({ states }) => states[rung] === 'done').length);
    const best = quality.indexOf(Math.max(...quality));
    if (!asynchronous) assert.equal(sizes, rungSizes(trials, setting), `${trials}`);
    else assert.ok(sizes[0] === trials && sizes[1]! >= Math.floor(trials / 3) && sizes[2]! >= 1, sizes.join());
    assert.is(climbs[best]!.states[2], 'done', `the best of ${trials}`);
  }
});

test.run();
