// A sweep is followed by what the executor says has changed. What comes out is as if every job were looked at each time.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerName, self } from '../../../pipeline/cache/owner.ts';
import { Changes } from '../../../pipeline/sweep/changes.ts';
import { failed, ok } from '../../../pipeline/failure.ts';
import type { Executor, ObservedState } from '../../../pipeline/sweep/executor.ts';
import { followSweep } from '../../../pipeline/sweep/follow-sweep.ts';
import { jobSchema, writeJobResult, type JobEndState } from '../../../pipeline/sweep/job.ts';
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

const silence = 'Slurm\'s controller does not answer';

interface Scripted {
  /** What jobs come to, by look. */
  readonly looks: readonly Readonly<Record<string, ObservedState>>[];
  /** How many times the executor refuses to be given jobs, and why. */
  readonly refusals?: number;
  readonly detach?: boolean;
  /** Before each look. */
  before?(look: number, folder: string): Promise<void>;
}

/** Two trials, followed by way of an executor whose jobs go on without us and that answers as it is told. */
async function followScripted({ looks, refusals = 0, detach = false, before }: Scripted) {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-follow-'));
  try {
    const two = { ...record, trials: trials.slice(0, 2), jobs: trials.slice(0, 2).map(({ job }) => ({ job, kind: 'trial' as const, after: [], needs })) };
    const board = new SweepBoard(folder, folder, two);
    const [handed, said]: [string[][], string[]] = [[], []];
    let [look, left] = [-1, refusals];
    const executor: Executor = {
      outlives: true,
      submit: async (given) => {
        handed.push(given.map(({ job }) => job));
        left -= 1;
        return left >= 0 ? failed('executor-unavailable', silence) : ok(undefined);
      },
      observe: async () => {
        if (left >= 0) return ok(new Map());
        look += 1;
        await before?.(look, folder);
        const seen = looks[Math.min(look, looks.length - 1)]!;
        return ok(new Map(Object.entries(seen)));
      },
      cancel: async () => ok(undefined),
    };
    const reporter = { report: (event: SweepEvent) => { if (event.event === 'message') said.push(event.line); }, close: () => undefined };
    const followed = await followSweep({ folder, board, executor, observeEvery: 1, reporter, stop: new AbortController().signal, changes: new Changes(), detach });
    return { followed, handed, said, states: [...board.jobs].map(({ state }) => state) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function write(folder: string, trial: number, state: JobEndState, owner = 'elsewhere'): Promise<void> {
  const written = await writeJobResult(folder, { schema: jobSchema, job: `trial-${trial}`, identity: `${trial}`, state, host: '', process: { pid: 1, owner }, startedAt: '', failures: [] });
  assert.ok(written.ok);
}

test('a controller that does not answer when it is given jobs is given them later, and that is said once', async () => {
  const before = async (look: number, folder: string): Promise<void> => {
    if (look === 1) for (const trial of [0, 1]) await write(folder, trial, 'done');
  };
  const all = ['trial-0', 'trial-1'];
  const { followed, handed, said, states } = await followScripted({ refusals: 3, before, looks: [{ 'trial-0': 'waiting', 'trial-1': 'waiting' }, { 'trial-0': 'ended', 'trial-1': 'ended' }] });
  assert.ok(followed.ok);
  assert.equal([handed, states], [[all, all, all, all], ['done', 'done']]);
  assert.is(said.length, 1);
  assert.match(said[0]!, silence);
  const left = await followScripted({ refusals: 1, detach: true, looks: [{}] });
  assert.ok(!left.followed.ok && left.followed.failure.code === 'executor-unavailable', 'who does not wait is told');
});

test('what seems interrupted, since its result comes late, is done once that is here', async () => {
  const before = async (look: number, folder: string): Promise<void> => {
    if (look === 0) await write(folder, 0, 'running');
    if (look === 2) for (const trial of [0, 1]) await write(folder, trial, 'done');
  };
  const seen = (second: ObservedState) => ({ 'trial-0': 'ended' as const, 'trial-1': second });
  const { followed, states } = await followScripted({ before, looks: [seen('running'), seen('running'), seen('ended')] });
  assert.ok(followed.ok);
  assert.equal(states, ['done', 'done']);
});

test('a sweep ends though the last results of its jobs could not be written, and its own process lives', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-follow-'));
  try {
    const [board, changes, stop, owner] = [new SweepBoard(folder, folder, { ...record, trials: trials.slice(0, 2), jobs: jobs.slice(2, 4).map((job) => ({ ...job, after: [] })) }), new Changes(), new AbortController(), ownerName(await self())];
    const run = async (job: string): Promise<boolean> => {
      await write(folder, Number(job.slice(6)), 'running', owner);
      return false;
    };
    const executor = new LocalExecutor({ changed: changes.note, stop: stop.signal }, { machine: { processors: 2, memory: 1e9, gpus: [] }, slots: { jobs: 1, engines: 1 }, stopAtFailure: false, run });
    const followed = await followSweep({ folder, board, executor, observeEvery: 20, reporter: { report: () => undefined, close: () => undefined }, stop: stop.signal, changes, detach: false });
    assert.ok(followed.ok);
    assert.equal([...board.jobs].map(({ state }) => state), ['interrupted', 'interrupted']);
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
