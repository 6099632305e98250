// The executor for Slurm against a real Slurm: order, limits, cancelling, deaths. Jobs here count and keep a checkpoint.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../../helpers/slurm-cluster.ts';
import type { PretendedSweep } from './pretended-sweep.ts';
import { beginnings, nodeOf, RealSlurm, SideBySide, skipWithoutSlurm, upTo } from './real-slurm.ts';

skipWithoutSlurm();

let slurm: RealSlurm;
const undisturbed = new SideBySide();

test.before(async () => {
  slurm = await RealSlurm.start();
  undisturbed.begin();
});

test.after(() => slurm.stop());

undisturbed.test('jobs start after what they read, as many at once as allowed, each once; to submit them again changes nothing', async () => {
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

undisturbed.test('what a failed job was needed for never starts, and waits for nothing; the others run', async () => {
  const sweep = await slurm.sweep({ 'shared-1': { steps: 1, fails: true }, 'trial-1': { steps: 1, after: ['shared-1'] }, 'trial-2': { steps: 1 } });
  await sweep.submit();
  await sweep.ended();
  assert.is(await sweep.state('shared-1'), 'failed');
  assert.is(await sweep.state('trial-2'), 'done');
  assert.equal(sweep.lines('trial-1'), []);
  await sweep.submit(['trial-1']);
  assert.is((await sweep.observed()).get('trial-1'), 'ended');
});

undisturbed.test('cancelled by hand, by us, or killed: the job has written how far it came, and submitted again it goes on from there', async () => {
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

undisturbed.test('killed while it submits: what Slurm took is found again by its name, what never came to it is submitted', async () => {
  const sweep = await slurm.sweep({ 'trial-1': { steps: 30 }, 'trial-2': { steps: 1 } });
  await sweep.submit(['trial-1']);
  forget(sweep, (record) => { delete record['array']; });
  assert.ok(['waiting', 'running'].includes((await sweep.observed()).get('trial-1')!));
  await sweep.submit();
  await sweep.ended();
  assert.equal([...sweep.jobs.map(({ job }) => beginnings(sweep, job))], [1, 1]);
});

undisturbed.test('killed before it released them: held jobs are taken back and submitted anew', async () => {
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

undisturbed.test('what is submitted later goes first, within the same limit', async () => {
  const sweep = await slurm.sweep({ 'trial-1': { steps: 15 }, 'trial-2': { steps: 15 }, 'trial-3': { steps: 5 }, 'trial-4': { steps: 5 } }, { max_concurrent: 2 });
  await sweep.submit(['trial-1', 'trial-2', 'trial-3']);
  await sweep.reaches('trial-2', 1);
  await sweep.submit(['trial-4']);
  await sweep.ended();
  const [[before], [last]] = [sweep.span('trial-3'), sweep.span('trial-4')];
  assert.ok(last < before, sweep.ledger().join('\n'));
  for (const { job } of sweep.jobs) assert.is(await sweep.state(job), 'done');
});

test('preempted: back in the queue, and on from the checkpoint', async () => {
  const sweep = await slurm.sweep({ 'trial-1': { steps: 25 } }, { sbatch: ['--nodelist=two'] });
  await sweep.submit();
  await sweep.reaches('trial-1', 1);
  await slurm.cluster.command('sbatch', ['--partition=urgent', '--nodelist=two', '--exclusive', '--output=/dev/null', '--wrap=sleep 1']);
  await until(async () => (await sweep.observed()).get('trial-1') === 'waiting', 'it is back in the queue');
  await sweep.ended();
  assert.is(await sweep.state('trial-1'), 'done');
  assert.equal([beginnings(sweep, 'trial-1'), sweep.steps('trial-1')], [2, upTo(25)]);
});

test('a node dies: its job runs on another, from the newest checkpoint', async () => {
  const sweep = await slurm.sweep({ 'trial-1': { steps: 40 } });
  await sweep.submit();
  await sweep.reaches('trial-1', 1);
  const node = nodeOf(sweep, 'trial-1');
  await slurm.cluster.killNode(node);
  await until(async () => (await sweep.observed()).get('trial-1') === 'waiting', 'it is back in the queue');
  assert.is(await sweep.state('trial-1'), 'waiting');
  await sweep.ended();
  assert.equal([await sweep.state('trial-1'), beginnings(sweep, 'trial-1')], ['done', 2]);
  assert.is.not(nodeOf(sweep, 'trial-1'), node);
  slurm.cluster.startNode(node);
  await slurm.cluster.nodesAre('idle');
});

// It saves what it knows every five seconds: killed at once it has forgotten what the jobs wait for, and that some run.
test('the controller is killed and comes back knowing less: nothing is lost, and nothing is done twice', async () => {
  const sweep = await slurm.sweep({ 'shared-1': { steps: 20 }, 'trial-1': { steps: 1, after: ['shared-1'] }, 'trial-2': { steps: 20 }, 'trial-3': { steps: 1 } }, { max_concurrent: 2 });
  await sweep.submit();
  await sweep.reaches('shared-1', 1);
  await slurm.cluster.killController();
  const [observed, submitted] = [await sweep.executor.observe(), await sweep.executor.submit(sweep.jobs)];
  for (const answer of [observed, submitted]) assert.is(!answer.ok && answer.failure.code, 'executor-unavailable');
  await slurm.cluster.restartController();
  await sweep.submit();
  await sweep.ended();
  for (const { job } of sweep.jobs) assert.equal([await sweep.state(job), sweep.steps(job)], ['done', upTo(sweep.steps(job).length)], job);
});

test.run();
