import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jobsIn, type Queue } from '../../../../pipeline/sweep/slurm/queue.ts';
import { explainTask, isNotable, observedState, parseQueue } from '../../../../pipeline/sweep/slurm/queue-state.ts';
import type { Submission } from '../../../../pipeline/sweep/slurm/submission.ts';

// As squeue of Slurm 22.05 printed it, with a site's warning before it.
const printed = `squeue: warning: maintenance on Monday
lambda-1a2b3c4d.0f0f0f0f|10|7|PENDING||JobArrayTaskLimit
lambda-1a2b3c4d.0f0f0f0f|10|5|CANCELLED||DependencyNeverSatisfied
lambda-1a2b3c4d.0f0f0f0f|10|0|RUNNING|node07|None
lambda-1a2b3c4d.0f0f0f0f|10|1,8-9,20-30:5%8|PENDING||JobHeldUser
lambda-1a2b3c4d.0f0f0f0f|10|2|COMPLETING|node07|None
lambda-1a2b3c4d.0f0f0f0f|10|3|OUT_OF_MEMORY|node07|OutOfMemory
someone|11|N/A|RUNNING|node07|None
lambda-1a2b3c4d.0f0f0f0f|10|4|PENDING||ReqNodeNotAvail, UnavailableNodes:node[01-04]
lambda-1a2b3c4d.0f0f0f0f|10|6|PENDING||Nodes required for job are DOWN | or reserved
`;

test('what squeue prints is read by task, and lines that are none of ours are left out', () => {
  const tasks = parseQueue(printed);
  assert.equal(tasks.map(({ index, state, held }) => [index, state, held]), [
    [7, 'waiting', false], [5, 'ended', false], [0, 'running', false], [1, 'waiting', true], [8, 'waiting', true], [9, 'waiting', true], [20, 'waiting', true], [25, 'waiting', true], [30, 'waiting', true], [2, 'running', false], [3, 'ended', false], [4, 'waiting', false], [6, 'waiting', false],
  ]);
  assert.equal(tasks.filter(({ index }) => index < 8).map(explainTask), [
    'waits: as many run as max_concurrent allows', 'a job that it reads from did not end well', 'runs on node07', 'was held back (scontrol release)', 'runs on node07',
    'it took more memory than it had asked for', 'waits: the nodes that it asks for are down or reserved', 'waits (Nodes required for job are DOWN | or reserved)',
  ]);
});

test('people hear of what does not mend itself', () => {
  assert.equal(parseQueue(printed).filter((task) => task.index < 8 && isNotable(task)).map(({ index }) => index), [1, 3]);
  const [stuck] = parseQueue('a|1|0|PENDING||PartitionTimeLimit');
  assert.equal([isNotable(stuck!), explainTask(stuck!)], [true, 'cannot start: `time` is longer than the partition allows']);
});

test('every state that Slurm documents is one of three; one that it does not, lives', () => {
  const states = (words: string): readonly string[] => words.split(' ').map(observedState);
  assert.equal(new Set(states('PENDING REQUEUED REQUEUE_HOLD REQUEUE_FED SPECIAL_EXIT RESV_DEL_HOLD CONFIGURING')), new Set(['waiting']));
  assert.equal(new Set(states('RUNNING COMPLETING SUSPENDED STOPPED SIGNALING STAGE_OUT RESIZING SOMETHING_NEW')), new Set(['running']));
  assert.equal(new Set(states('BOOT_FAIL CANCELLED COMPLETED DEADLINE FAILED NODE_FAIL OUT_OF_MEMORY PREEMPTED REVOKED TIMEOUT')), new Set(['ended']));
});

const submission = (name: string, jobs: readonly string[]): Submission => ({ schema: 1, name, submittedAt: '', user: 0, jobs, request: {} });

function queueOf(states: Readonly<Record<string, readonly string[]>>): Queue {
  const lines = Object.entries(states).flatMap(([name, words]) => words.map((word, index) => `${name}|1|${index}|${word}||None`));
  const tasks = parseQueue(lines.join('\n'));
  return new Map(Object.keys(states).map((name) => [name, new Map(tasks.filter((task) => task.name === name).map((task) => [task.index, task]))]));
}

test('a job that was submitted again is what its living task is, or else what became of the last', () => {
  const submissions = [submission('first', ['a', 'b', 'c', 'd']), submission('second', ['d', 'c', 'b', 'e'])];
  const jobs = jobsIn(submissions, queueOf({ first: ['RUNNING', 'FAILED', 'RUNNING', 'PENDING'], second: ['RUNNING', 'CANCELLED', 'PENDING'] }));
  const states = Object.fromEntries([...jobs].map(([job, { state }]) => [job, state]));
  assert.equal(states, { a: 'running', b: 'waiting', c: 'running', d: 'running', e: 'unknown' });
  const forgotten = jobsIn(submissions, queueOf({ first: ['COMPLETED', 'TIMEOUT'] }));
  assert.equal([...forgotten].map(([job, { state }]) => `${job} ${state}`), ['a ended', 'b unknown', 'c unknown', 'd unknown', 'e unknown']);
});

test.run();
