// The executor for Slurm against a real Slurm: order, limits, cancelling, submitting that was killed. Jobs here count and
// keep a checkpoint; giverny-sweep.test.ts has the whole command, and the deaths of nodes and controllers.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PretendedSweep } from './pretended-sweep.ts';
import { beginnings, RealSlurm, SideBySide, skipWithoutSlurm, upTo } from './real-slurm.ts';

skipWithoutSlurm();

let slurm: RealSlurm;
const sideBySide = new SideBySide();

test.before(async () => {
  slurm = await RealSlurm.start({ here: true });
  sideBySide.begin();
});

test.after(() => slurm.stop());

sideBySide.test('jobs start after what they read, as many at once as allowed, each once; to submit them again changes nothing', async () => {
  const trial = { steps: 3, after: ['shared-1'] };
  const sweep = await slurm.sweep({ 'shared-1': { steps: 8 }, 'trial-1': trial, 'trial-2': trial, 'trial-3': trial, 'trial-4': { steps: 3 } }, { max_concurrent: 2 });
  await sweep.submit();
  await sweep.reaches('shared-1', 1);
  await sweep.submit();
  await sweep.ended();
  for (const { job } of sweep.jobs) {
    assert.is(await sweep.state(job), 'done');
    assert.equal(sweep.lines(job).map((line) => line.split(' ')[0]), ['begins', ...sweep.steps(job).map(() => 'step'), 'done']);
    assert.match(sweep.log(job), `${job} prints`);
  }
  const dependent = ['trial-1', 'trial-2', 'trial-3'].map((job) => sweep.span(job));
  const [, shared] = sweep.span('shared-1');
  assert.ok(dependent.every(([begin]) => begin > shared), JSON.stringify([shared, dependent]));
  const spans = sweep.jobs.map(({ job }) => sweep.span(job));
  for (const [begin] of spans) assert.ok(spans.filter(([from, to]) => from <= begin && begin < to).length <= 2, JSON.stringify(spans));
});

sideBySide.test('those that train the same networks take turns, however the one before ends', async () => {
  const sweep = await slurm.sweep({ 'trial-1': { steps: 3, place: 1 }, 'trial-2': { steps: 3, place: 0, fails: true } });
  await sweep.submit();
  await sweep.ended();
  assert.ok(sweep.span('trial-1')[0] > sweep.span('trial-2')[1], sweep.ledger().join('\n'));
  assert.equal([await sweep.state('trial-1'), await sweep.state('trial-2')], ['done', 'failed']);
});

sideBySide.test('what a failed job was needed for never starts, and waits for nothing; the others run', async () => {
  const sweep = await slurm.sweep({ 'shared-1': { steps: 1, fails: true }, 'trial-1': { steps: 1, after: ['shared-1'] }, 'trial-2': { steps: 1 } });
  await sweep.submit();
  await sweep.ended();
  assert.is(await sweep.state('shared-1'), 'failed');
  assert.is(await sweep.state('trial-2'), 'done');
  assert.equal(sweep.lines('trial-1'), []);
  await sweep.submit(['trial-1']);
  assert.is((await sweep.observed()).get('trial-1'), 'ended');
});

sideBySide.test('cancelled by hand, by us, or killed: the job has written how far it came, and submitted again it goes on from there', async () => {
  const trial = { steps: 50 };
  const sweep = await slurm.sweep({ 'trial-1': trial, 'trial-2': trial, 'trial-3': trial, 'trial-4': { steps: 1, after: ['trial-1'] } });
  const running = ['trial-1', 'trial-2', 'trial-3'];
  await sweep.submit();
  for (const job of running) await sweep.reaches(job, 1);
  await slurm.scancel(sweep, 'trial-1');
  const cancelled = await sweep.executor.cancel(['trial-2']);
  assert.ok(cancelled.ok);
  slurm.killProcess(sweep, 'trial-3');
  await sweep.ended();
  for (const job of running) assert.is(await sweep.state(job), 'interrupted', job);
  for (const job of ['trial-1', 'trial-2']) assert.match(sweep.lines(job).at(-1)!, 'interrupted', job);
  await sweep.submit();
  await sweep.ended();
  for (const { job } of sweep.jobs) assert.is(await sweep.state(job), 'done', job);
  for (const job of ['trial-1', 'trial-2']) assert.equal([beginnings(sweep, job), sweep.steps(job)], [2, upTo(50)], job);
  assert.is(beginnings(sweep, 'trial-4'), 1);
});

/** As if the process that submits had died after it wrote this much. */
function forget(sweep: PretendedSweep, change: (record: Record<string, unknown>) => void): void {
  const folder = join(sweep.folder, 'slurm');
  for (const name of readdirSync(folder)) {
    const file = join(folder, name, 'submission.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    change(record);
    writeFileSync(file, JSON.stringify(record));
  }
}

sideBySide.test('killed while it submits: what Slurm took is found again by its name, what never came to it is submitted', async () => {
  const sweep = await slurm.sweep({ 'trial-1': { steps: 30 }, 'trial-2': { steps: 1 } });
  await sweep.submit(['trial-1']);
  forget(sweep, (record) => { delete record['array']; });
  assert.ok(['waiting', 'running'].includes((await sweep.observed()).get('trial-1')!));
  await sweep.submit();
  await sweep.ended();
  assert.equal([...sweep.jobs.map(({ job }) => beginnings(sweep, job))], [1, 1]);
});

sideBySide.test('killed before it released them: held jobs are taken back and submitted anew', async () => {
  const sweep = await slurm.sweep({ 'shared-1': { steps: 1 }, 'trial-1': { steps: 1, after: ['shared-1'] } }, { sbatch: ['--begin=now+1hour'] });
  await sweep.submit();
  forget(sweep, (record) => { record['held'] = true; });
  const before = [...(await sweep.observed()).values()];
  const name = readdirSync(join(sweep.folder, 'slurm'))[0]!;
  await slurm.cluster.command('scontrol', ['uhold', `jobname=${name}`]);
  await sweep.submit();
  assert.equal([before, [...(await sweep.observed()).values()]], [['waiting', 'waiting'], ['waiting', 'waiting']]);
  const queued = await slurm.cluster.command('squeue', ['-h', '-r', '-o', '%j %r']);
  assert.equal([queued.includes(name), /JobHeldUser/.test(queued)], [false, false], queued);
  await sweep.executor.cancel();
});

sideBySide.test('what is submitted later goes first, within the same limit', async () => {
  const sweep = await slurm.sweep({ 'trial-1': { steps: 80 }, 'trial-2': { steps: 80 }, 'trial-3': { steps: 5 }, 'trial-4': { steps: 5 } }, { max_concurrent: 2 });
  await sweep.submit(['trial-1', 'trial-2', 'trial-3']);
  await sweep.reaches('trial-2', 1);
  await sweep.submit(['trial-4']);
  await sweep.ended();
  const [[before], [last]] = [sweep.span('trial-3'), sweep.span('trial-4')];
  assert.ok(last < before, sweep.ledger().join('\n'));
  for (const { job } of sweep.jobs) assert.is(await sweep.state(job), 'done');
});

// Slurm writes such tasks as 1-39:2, and cuts lists that are longer than 64 characters.
sideBySide.test('many tasks that wait for this and that: each is known', async () => {
  const trials = Array.from({ length: 120 }, (_, trial) => [`trial-${trial}`, { steps: 1, after: [`shared-${(trial * trial) % 7 % 3}`] }] as const);
  const sweep = await slurm.sweep({ 'shared-0': { steps: 1 }, 'shared-1': { steps: 1 }, 'shared-2': { steps: 1 }, ...Object.fromEntries(trials) }, { sbatch: ['--begin=now+1hour'] });
  await sweep.submit();
  assert.equal([...(await sweep.observed())].filter(([, state]) => state !== 'waiting'), []);
  await sweep.executor.cancel(trials.filter((_, trial) => trial % 2 === 0).map(([job]) => job));
  const states = await sweep.observed();
  for (const [trial, [job]] of trials.entries()) assert.is(states.get(job), trial % 2 === 0 ? 'ended' : 'waiting', job);
  await sweep.executor.cancel();
});

test.run();
