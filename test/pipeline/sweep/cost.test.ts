import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { costText, type SweepCost } from '../../../pipeline/sweep/cost.ts';
import { chooseSlurm } from '../../../pipeline/sweep/slurm/choose.ts';

const cost: SweepCost = { trials: 8, stageRuns: 9, cached: 1, seconds: 3600, untimed: 0 };

test('the time is that of as many at once as there will be; where nobody knows how many, none is said', () => {
  assert.is(costText(cost, 1), '8 trials → 9 stage runs, 1 cached, about 1 h at the last timings');
  assert.is(costText(cost, 4), '8 trials → 9 stage runs, 1 cached, about 15 min at the last timings');
  assert.is(costText(cost, undefined), '8 trials → 9 stage runs, 1 cached');
});

test('on Slurm as many at once as its configuration says, whatever the machine has that submits', async () => {
  const chosen = await chooseSlurm({ on: fileURLToPath(new URL('../../../configs/executors/slurm.yaml', import.meta.url)), folder: '.' });
  assert.is(chosen.ok && chosen.value.jobsAtOnce, 8);
});

test.run();
