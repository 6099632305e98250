import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerName, self } from '../../../pipeline/cache/owner.ts';
import { jobState } from '../../../pipeline/sweep/job-state.ts';
import { jobSchema, type JobEndState, type JobResult } from '../../../pipeline/sweep/job.ts';

async function resultOf(state: JobEndState, owner?: string): Promise<JobResult> {
  return { schema: jobSchema, job: 'a', identity: 'i', state, host: 'here', process: { pid: process.pid, owner: owner ?? ownerName(await self()) }, startedAt: '2026-01-01T00:00:00.000Z', failures: [] };
}

test('a job runs while its process lives, unless the executor saw it end: then its last result could not be written', async () => {
  const running = await resultOf('running');
  assert.is(await jobState(running, 'i', undefined), 'running');
  assert.is(await jobState(running, 'i', 'running'), 'running');
  assert.is(await jobState(running, 'i', 'unknown'), 'running');
  assert.is(await jobState(running, 'i', 'ended'), 'interrupted');
  assert.is(await jobState(undefined, 'i', 'ended'), 'waiting');
});

test('what ended, ended, until the executor has it again; done stays done', async () => {
  assert.is(await jobState(await resultOf('failed'), 'i', 'ended'), 'failed');
  assert.is(await jobState(await resultOf('interrupted'), 'i', 'running'), 'running');
  assert.is(await jobState(await resultOf('done'), 'i', 'waiting'), 'done');
  assert.is(await jobState(await resultOf('done'), 'another', undefined), 'waiting');
});

test.run();
