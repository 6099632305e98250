// A sweep is followed by what the executor says has changed. What comes out is as if every job were looked at each time.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerName, self } from '../../../pipeline/cache/owner.ts';
import { Changes } from '../../../pipeline/sweep/changes.ts';
import { followSweep } from '../../../pipeline/sweep/follow-sweep.ts';
import { jobSchema, writeJobResult } from '../../../pipeline/sweep/job.ts';
import { LocalExecutor } from '../../../pipeline/sweep/local/local-executor.ts';
import { SweepBoard } from '../../../pipeline/sweep/sweep-board.ts';
import type { SweepEvent } from '../../../pipeline/sweep/sweep-events.ts';
import { sweepRecordSchema, type SweepJob, type SweepRecord } from '../../../pipeline/sweep/sweep-record.ts';

const needs = { engine: false, gpus: 0 } as const;
const trialCount = 30;

/** Every third trial needs what cannot be made; of the others every fifth fails. */
const after = (trial: number): readonly string[] => (trial % 3 === 0 ? ['shared-bad'] : ['shared-good']);
const fails = (trial: number): boolean => trial % 5 === 1;

const trials = Array.from({ length: trialCount }, (_, index) => ({ trial: String(index), values: { index }, overrides: [], job: `trial-${index}`, run: `run-${index}`, identity: `${index}` }));
const jobs: readonly SweepJob[] = [
  ...['shared-good', 'shared-bad'].map((job) => ({ job, kind: 'shared' as const, after: [], needs })),
  ...trials.map(({ job }, index) => ({ job, kind: 'trial' as const, after: after(index), needs })),
];
const record: SweepRecord = {
  schema: sweepRecordSchema, name: 'test', digest: '0', command: [], config: '', on: 'local', process: { pid: 1, owner: '' }, startedAt: '', onError: 'continue', offline: false,
  axes: ['index'], trials, jobs,
};

test('what fails takes what comes after it along, nothing else, and every end is told once with the right counts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-follow-'));
  try {
    mkdirSync(join(folder, 'jobs'));
    const [board, changes, stop, owner] = [new SweepBoard(folder, folder, record), new Changes(), new AbortController(), ownerName(await self())];
    const run = async (job: string): Promise<boolean> => {
      const well = job !== 'shared-bad' && !(job.startsWith('trial-') && fails(Number(job.slice(6))));
      const written = await writeJobResult(folder, {
        schema: jobSchema, job, identity: job.replace('trial-', ''), state: well ? 'done' : 'failed', exit: well ? 0 : 1, host: '', process: { pid: process.pid, owner }, startedAt: '', failures: [],
      });
      assert.ok(written.ok);
      return well;
    };
    const executor = new LocalExecutor({ changed: changes.note, stop: stop.signal }, { machine: { processors: 2, memory: 1e9, gpus: [] }, slots: { jobs: 3, engines: 3 }, stopAtFailure: false, run });
    const ended: Extract<SweepEvent, { readonly event: 'job-ended' }>[] = [];
    const reporter = { report: (event: SweepEvent) => { if (event.event === 'job-ended') ended.push(event); }, close: () => undefined };
    const followed = await followSweep({ folder, board, executor, observeEvery: 60_000, reporter, stop: stop.signal, changes, detach: false });
    assert.ok(followed.ok);
    for (const [index, { job }] of trials.entries()) {
      assert.is(board.get(job).state, index % 3 === 0 ? 'skipped' : fails(index) ? 'failed' : 'done', job);
      assert.is(ended.filter((event) => event.job === job).length, 1, job);
    }
    const states = board.rows(true).map(({ state }) => state);
    const count = (...wanted: readonly string[]): number => states.filter((state) => wanted.includes(state)).length;
    const expected = { trials: trialCount, done: count('done'), failed: count('failed', 'skipped'), running: 0, interrupted: 0, waiting: 0 };
    assert.equal(board.counts(true), expected);
    assert.equal(ended.at(-1)!.counts, expected);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('changes that were told of a few jobs are of these, one that was not is of all, and neither is lost between two looks', async () => {
  const changes = new Changes();
  changes.note(['a']);
  changes.note(['b']);
  assert.equal([...(await changes.next(60_000))!], ['a', 'b']);
  changes.note(['a']);
  changes.note();
  assert.is(await changes.next(60_000), undefined);
  const next = changes.next(60_000);
  changes.note(['c']);
  assert.equal([...(await next)!], ['c']);
  assert.is(await changes.next(1), undefined);
});

test.run();
