// The end of a job's time, as Slurm counts it: in minutes, and it looks every half minute. So this has a file of its own.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { beginnings, RealSlurm, skipWithoutSlurm, upTo } from './real-slurm.ts';

skipWithoutSlurm();

test('the time is nearly up: a checkpoint, back into the queue, and on', async () => {
  const slurm = await RealSlurm.start();
  try {
    const sweep = await slurm.sweep({ 'trial-1': { steps: 360 } }, { time: 1, checkpoint_before_end: 50 });
    await sweep.submit();
    await sweep.ended(120);
    assert.is(await sweep.state('trial-1'), 'done', sweep.log('trial-1'));
    assert.equal([beginnings(sweep, 'trial-1'), sweep.steps('trial-1')], [2, upTo(360)]);
    assert.match(sweep.log('trial-1'), 'back into the queue');
  } finally {
    await slurm.stop();
  }
});

test.run();
