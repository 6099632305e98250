import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SubmittedJob } from '../../../../pipeline/sweep/executor.ts';
import { arraysOf, startable } from '../../../../pipeline/sweep/slurm/arrays.ts';
import { engineOnNodes } from '../../../../pipeline/sweep/slurm/engine-request.ts';
import { quoted } from '../../../../pipeline/sweep/slurm/job-script.ts';
import { resourcesFor, sbatchArguments } from '../../../../pipeline/sweep/slurm/resources.ts';
import { shares } from '../../../../pipeline/sweep/slurm/throttle.ts';
import { indexList, parseIndexList, taskList } from '../../../../pipeline/sweep/slurm/task-list.ts';
import { testSettings } from './pretended-sweep.ts';

const jobOf = (job: string, more: Partial<SubmittedJob> = {}): SubmittedJob => ({ job, kind: 'trial', after: [], needs: { engine: true, gpus: 1 }, ...more });
const data = { needs: { engine: false, gpus: 0 } } as const;

test('a list of tasks names each once, as briefly as Slurm allows', () => {
  assert.is(indexList([5, 0, 1, 2, 7, 8, 2]), '0-2,5,7-8');
  assert.is(taskList(1234, [3]), '1234_[3]');
  assert.equal(parseIndexList('1,3-5,10-30:10'), [1, 3, 4, 5, 10, 20, 30]);
  for (let seed = 1; seed < 200; seed += 1) {
    const indices = Array.from({ length: 40 }, (_, index) => index).filter((index) => (index * seed * 2654435761) % 7 < 4);
    if (indices.length > 0) assert.equal(parseIndexList(indexList(indices)), indices);
  }
});

test('jobs that ask for the same are one array, the important first; long ones are divided, and with them the limit', async () => {
  const settings = await testSettings({ gres: 'gpu:1', without_engine: { time: 30 } });
  const jobs = [jobOf('shared', { ...data, kind: 'shared' }), jobOf('a'), jobOf('b', { priority: 2 }), jobOf('c'), jobOf('d'), jobOf('e')];
  const arrays = arraysOf(jobs, settings, 3, 2);
  assert.equal(arrays.map(({ jobs: members, atOnce }) => [members.map(({ job }) => job).join(), atOnce]), [['b,a', 1], ['c,d', 1], ['e', 1], ['shared', 3]]);
  assert.equal(arrays.at(-1)!.resources, { time: 30, cpus: 1 });
  assert.is(arrays[0]!.resources.gres, 'gpu:1');
});

test('one limit over several arrays: the most urgent first, each at least one', () => {
  const of = (limit: number, ...living: number[]): readonly number[] => shares(limit, living.map((each, array) => ({ array, living: each })));
  assert.equal(of(8, 20), [8]);
  assert.equal(of(8, 1, 2, 20), [1, 2, 5]);
  assert.equal(of(8, 20, 3), [7, 1]);
  assert.equal(of(2, 5, 5, 5), [1, 1, 1]);
  for (let limit = 3; limit < 20; limit += 1) assert.ok(of(limit, 4, 9, 2).reduce((sum, each) => sum + each, 0) <= limit);
});

test('what will never start is left out: what it comes after ended badly, however far back', () => {
  const jobs = [jobOf('a', { after: ['b'] }), jobOf('b', { after: ['gone'] }), jobOf('c', { after: ['done', 'queued', 'd'] }), jobOf('d')];
  const kept = startable(jobs, (job) => (job === 'done' ? 'done' : job === 'queued' ? 'lives' : 'ended-badly'));
  assert.equal(kept.map(({ job }) => job), ['c', 'd']);
});

test('only what trains on a GPU asks for one', async () => {
  const settings = await testSettings({ gres: 'gpu:a100:1,nvme:1', partition: 'gpu', without_engine: { partition: 'cpu' } });
  assert.is(resourcesFor({ engine: true, gpus: 1 }, settings).gres, 'gpu:a100:1,nvme:1');
  assert.is(resourcesFor({ engine: true, gpus: 0 }, settings).gres, 'nvme:1');
  assert.equal(resourcesFor({ engine: false, gpus: 0 }, settings), { partition: 'cpu', time: 10, cpus: 1 });
});

test('sbatch is told what the settings say, and nothing about what they leave to the cluster', async () => {
  const settings = await testSettings({ account: 'us', sbatch: ['--constraint=a100'], requeue: false });
  const request = { settings, resources: { time: '4:00:00' }, tasks: 5, atOnce: 2, name: 'n', root: '/project', output: '/o/%a.log', hold: true };
  const args = sbatchArguments(request);
  for (const each of ['--array=0-4%2', '--time=4:00:00', '--account=us', '--no-requeue', '--hold', '--signal=B:USR1@120', '--kill-on-invalid-dep=yes']) assert.ok(args.includes(each), each);
  assert.is(args.at(-1), '--constraint=a100');
  assert.not(args.some((each) => /partition|gres|mem|qos|undefined|null/.test(each)), args.join(' '));
  assert.ok(sbatchArguments({ ...request, atOnce: 5 }).includes('--array=0-4'));
});

test('auto means on the nodes what the settings say; what a config names itself stands', async () => {
  const auto = { backend: 'auto' } as const;
  assert.equal(engineOnNodes({ gres: 'gpu:1' }, auto), { backend: 'tensorflow', device: 'gpu:0' });
  assert.equal(engineOnNodes({ gres: 'nvme:1' }, auto), { backend: 'tensorflow', device: 'cpu' });
  assert.equal(engineOnNodes({ gres: 'gpu:1' }, { ...auto, device: 'cpu', threads: 2 }), { backend: 'tensorflow', device: 'cpu', threads: 2 });
  assert.equal(engineOnNodes({ gres: 'gpu:1', engine: { backend: 'wasm' } }, auto), { backend: 'wasm' });
  assert.equal(engineOnNodes({ engine: { backend: 'tensorflow', device: 'gpu:0' } }, { backend: 'wasm' }), { backend: 'wasm' });
});

test('any path is one word of the shell', () => {
  for (const text of ['/plain/path-1.2', "it's", 'a b', '$HOME', '`x`', 'a"b', '*', '', '~x', "''", 'é\n%']) {
    assert.is(execFileSync('bash', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' }), text);
  }
});

test.run();
