import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SubmittedJob } from '../../../pipeline/sweep/executor.ts';
import { LocalExecutor, type JobShare, type LocalParts } from '../../../pipeline/sweep/local/local-executor.ts';
import { slotsOf, type Machine } from '../../../pipeline/sweep/local/slots.ts';

const machine = (parts: Partial<Machine> = {}): Machine => ({ processors: 8, memory: 64e9, gpus: [], ...parts });
const job = (name: string, more: Partial<SubmittedJob> = {}): SubmittedJob => ({ job: name, kind: 'trial', after: [], needs: { engine: true, gpus: 0 }, ...more });

/** An executor whose jobs run until the test ends them. */
function rig({ slots, ...parts }: Partial<LocalParts> & { readonly stop?: AbortSignal } = {}) {
  const running = new Map<string, { end(well: boolean): void; readonly share: JobShare; readonly stop: AbortSignal }>();
  const begun: string[] = [];
  const controller = new AbortController();
  const executor = new LocalExecutor({ changed: () => undefined, stop: controller.signal }, {
    machine: machine(), slots: slots ?? { jobs: 2, engines: 2 }, stopAtFailure: false,
    run: (name, stop, share) => new Promise((resolve) => {
      begun.push(name);
      running.set(name, { stop, share, end: (well) => { running.delete(name); resolve(well); } });
    }),
    ...parts,
  });
  const end = async (name: string, well = true) => {
    running.get(name)!.end(well);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const states = async () => Object.fromEntries((await executor.observe() as { readonly value: ReadonlyMap<string, string> }).value);
  return { executor, running, begun, end, states, controller };
}

test('as many at once as there are slots, in order, those with a higher priority first', async () => {
  const { executor, begun, end } = rig();
  await executor.submit(['a', 'b', 'c', 'd'].map((name) => job(name)));
  assert.equal(begun, ['a', 'b']);
  await executor.submit([job('e', { priority: 1 })]);
  await end('a');
  await end('b');
  assert.equal(begun, ['a', 'b', 'e', 'c']);
  await executor.submit([job('c'), job('d')]);
  await end('e');
  assert.equal(begun, ['a', 'b', 'e', 'c', 'd'], 'what it has already is passed over');
});

test('a job waits for those before it, and never starts where one has not ended well', async () => {
  const { executor, begun, end, states } = rig();
  await executor.submit([job('late', { after: ['a', 'b'] }), job('never', { after: ['b2'] }), job('a'), job('b'), job('b2')]);
  await end('a');
  assert.equal(begun, ['a', 'b', 'b2']);
  await end('b2', false);
  await end('b');
  assert.equal(begun, ['a', 'b', 'b2', 'late']);
  assert.equal(await states(), { late: 'running', never: 'ended', a: 'ended', b: 'ended', b2: 'ended' });
});

test('of a chain whose first has not ended well none is left waiting, in whatever order they came', async () => {
  const { executor, end, states } = rig();
  await executor.submit([job('last', { after: ['middle'] }), job('middle', { after: ['first'] }), job('first')]);
  await end('first', false);
  assert.equal(await states(), { last: 'ended', middle: 'ended', first: 'ended' });
});

test('jobs that run no tensors do not wait for those that do', async () => {
  const { executor, begun } = rig({ slots: { jobs: 3, engines: 1 } });
  await executor.submit([job('train1'), job('train2'), job('draw', { needs: { engine: false, gpus: 0 } })]);
  assert.equal(begun, ['train1', 'draw']);
});

test('trainings of which one continues the other run one at a time, the shorter first', async () => {
  const { executor, begun, end } = rig();
  const turn = (place: number) => ({ turns: [{ of: 'x', place }] });
  await executor.submit([job('long', turn(2)), job('short', turn(1)), job('other')]);
  assert.equal(begun, ['short', 'other']);
  await end('short', false);
  assert.equal(begun, ['short', 'other', 'long'], 'even where the shorter failed');
});

test('trainings whose turns cross do not wait for each other', async () => {
  const { executor, begun, end } = rig();
  const turns = (x: number, y: number) => ({ turns: [{ of: 'x', place: x }, { of: 'y', place: y }] });
  await executor.submit([job('a', turns(0, 1)), job('b', turns(1, 0))]);
  assert.equal(begun, ['a']);
  await end('a');
  assert.equal(begun, ['a', 'b']);
});

test('who comes later in a turn waits for the first, though the one between them is dropped', async () => {
  const { executor, begun, end } = rig({ slots: { jobs: 2, engines: 1 } });
  const turn = (place: number) => ({ turns: [{ of: 'x', place }] });
  await executor.submit([job('long', turn(3)), job('between', turn(2)), job('short', { ...turn(1), after: ['first'] }), job('first')]);
  await executor.cancel(['between']);
  assert.equal(begun, ['first']);
  await end('first');
  assert.equal(begun, ['first', 'short']);
  await end('short');
  assert.equal(begun, ['first', 'short', 'long']);
});

test('one trial a GPU, which is all that it sees, and has back when it ends', async () => {
  const gpus = ['3', '5'];
  const { executor, running, end } = rig({ machine: machine({ gpus }), slots: slotsOf(machine({ gpus }), undefined, true) });
  await executor.submit(['a', 'b', 'c'].map((name) => job(name, { needs: { engine: true, gpus: 1 } })));
  assert.equal([...running.values()].map(({ share }) => share.environment['CUDA_VISIBLE_DEVICES']), ['3', '5']);
  await end('b');
  assert.is(running.get('c')!.share.environment['CUDA_VISIBLE_DEVICES'], '5');
});

test('on the CPU trainings share the processors; the last ones have more', async () => {
  const { executor, running, end } = rig({ slots: { jobs: 8, engines: 4 } });
  await executor.submit(['a', 'b', 'c', 'd', 'e'].map((name) => job(name)));
  const threads = (name: string) => running.get(name)!.share.environment['TF_NUM_INTEROP_THREADS'];
  assert.equal(['a', 'b', 'c', 'd'].map(threads), ['2', '2', '2', '2']);
  for (const name of ['a', 'b', 'c']) await end(name);
  await executor.submit([job('f')]);
  assert.is(threads('f'), '2');
  for (const name of ['d', 'e', 'f']) await end(name);
  await executor.submit([job('g')]);
  assert.is(threads('g'), '8');
});

test('cancel: what waits never starts, what runs is asked to stop; so does the signal', async () => {
  const { executor, running, begun, end, states } = rig();
  await executor.submit(['a', 'b', 'c', 'd'].map((name) => job(name)));
  await executor.cancel(['a', 'c']);
  assert.equal([running.get('a')!.stop.aborted, running.get('b')!.stop.aborted], [true, false]);
  await end('a', false);
  assert.equal(begun, ['a', 'b', 'd']);
  assert.equal(await states(), { a: 'ended', b: 'running', c: 'ended', d: 'running' });
  const other = rig();
  await other.executor.submit(['a', 'b', 'c'].map((name) => job(name)));
  other.controller.abort();
  assert.ok(other.running.get('a')!.stop.aborted);
  await other.end('a', false);
  assert.equal([other.begun, (await other.states())['c']], [['a', 'b'], 'ended']);
});

test('where nothing may begin after a failure, nothing does', async () => {
  const { executor, begun, end, states } = rig({ stopAtFailure: true, slots: { jobs: 1, engines: 1 } });
  await executor.submit(['a', 'b'].map((name) => job(name)));
  await end('a', false);
  assert.equal([begun, (await states())['b']], [['a'], 'ended']);
});

test('how many at once: processors, memory, GPUs, or what was asked for', () => {
  assert.equal(slotsOf(machine(), undefined, false), { jobs: 8, engines: 8 });
  assert.equal(slotsOf(machine({ memory: 10e9 }), undefined, false), { jobs: 8, engines: 3 });
  assert.equal(slotsOf(machine({ memory: 10e9 }), undefined, false, 9e9), { jobs: 8, engines: 1 });
  assert.equal(slotsOf(machine({ memory: 1e9 }), undefined, false), { jobs: 8, engines: 1 }, 'one always');
  assert.equal(slotsOf(machine({ memory: 1e9 }), 5, false), { jobs: 5, engines: 5 });
  assert.equal(slotsOf(machine({ gpus: ['0', '1'] }), undefined, true), { jobs: 8, engines: 2 });
  assert.equal(slotsOf(machine({ gpus: ['0', '1'] }), 1, true), { jobs: 1, engines: 1 });
  assert.equal(slotsOf(machine({ gpus: ['0', '1'] }), 9, true), { jobs: 9, engines: 2 });
});

test.run();
