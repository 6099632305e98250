// What decides the number of threads: the config, then TensorFlow's own variables, then the processors.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { usableProcessors } from '../../../../stages/processors.ts';
import { describeThreads, tensorFlowThreads } from '../../../../stages/engine/tensorflow/threads.ts';

const user = { TF_NUM_INTRAOP_THREADS: '6', TF_NUM_INTEROP_THREADS: '5' };
const all = usableProcessors({}).count;

test('training: one thread within an operation whatever is asked for, since more would decide its bits', () => {
  assert.equal(tensorFlowThreads({}, 'training', {}), { within: 1, between: all });
  assert.equal(tensorFlowThreads({}, 'training', user), { within: 1, between: 5 });
  assert.equal(tensorFlowThreads({ threads: 3 }, 'training', user), { within: 1, between: 3 });
});

test('elsewhere operations run one after the other, and threads are within them', () => {
  assert.equal(tensorFlowThreads({}, 'inference', {}), { within: all, between: 1 });
  assert.equal(tensorFlowThreads({}, 'inference', user), { within: 6, between: 5 });
  assert.equal(tensorFlowThreads({ threads: 3 }, 'inference', user), { within: 3, between: 1 });
});

test('what is no number of threads is not heeded', () => {
  for (const odd of ['', '0', '-2', 'all', '1e9', '2.5']) assert.equal(tensorFlowThreads({}, 'training', { TF_NUM_INTEROP_THREADS: odd }), { within: 1, between: all }, odd);
});

test('the words name what decides', () => {
  assert.match(describeThreads({}), new RegExp(`^${all}, the processors that this process may use; engine\\.threads`));
  assert.match(describeThreads(user), /^5 for train and evaluate, by TF_NUM_INTEROP_THREADS; 6 elsewhere, by TF_NUM_INTRAOP_THREADS, which train and evaluate never heed; /);
  assert.match(describeThreads({ TF_NUM_INTRAOP_THREADS: '6' }), /the processors that this process may use; 6 elsewhere/);
  assert.match(describeThreads({ TF_NUM_INTEROP_THREADS: '6' }), /^6 for train and evaluate.*; \d+, the processors that this process may use elsewhere; /);
  if (all > 1) assert.match(describeThreads({ SLURM_CPUS_PER_TASK: '1' }), /^1 of \d+ processors, by SLURM_CPUS_PER_TASK=1; /);
});

test.run();
