// A job with 4 of 64 processors must not start 64 threads: what the kernel and Slurm say, read from files as the kernel writes them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { usableProcessors, type CgroupFiles } from '../../stages/processors.ts';

const test = suite<{ folder: string }>('processors');
test.before.each((context) => { context.folder = mkdtempSync(join(tmpdir(), 'giverny-cgroup-')); });
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** `self` as /proc/self/cgroup, `files` below the mount. */
function cgroups(folder: string, self: string, files: Readonly<Record<string, string>>): CgroupFiles {
  const made = { mount: join(folder, 'cgroup'), self: join(folder, 'self') };
  writeFileSync(made.self, self);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made.mount, path)), { recursive: true });
    writeFileSync(join(made.mount, path), text);
  }
  return made;
}

const all = availableParallelism();
/** Counts below 1 and parts are rounded up, so that one processor stays; no limit counts above what is there. */
const counted = (quota: number) => Math.min(all, Math.max(1, Math.ceil(quota)));

test('without a quota: the processors that the scheduler gives, and no limit to name', ({ folder }) => {
  const none: readonly [string, Record<string, string>][] = [
    ['', {}], ['0::/\n', { 'cpu.max': 'max 100000\n' }], ['3:cpu,cpuacct:/\n', { 'cpu,cpuacct/cpu.cfs_quota_us': '-1\n', 'cpu,cpuacct/cpu.cfs_period_us': '100000\n' }],
    ['0::/a\n', { 'a/cpu.max': 'nonsense' }],
  ];
  for (const [self, files] of none) assert.equal(usableProcessors({}, cgroups(folder, self, files)), { count: all }, self);
  assert.equal(usableProcessors({}, { mount: join(folder, 'no'), self: join(folder, 'no') }), { count: all });
});

test('version 2: the least quota of the group and of those around it', ({ folder }) => {
  const files = cgroups(folder, '0::/slice/job\n', { 'slice/cpu.max': '50000 100000\n', 'slice/job/cpu.max': '3200000 100000\n' });
  assert.equal(usableProcessors({}, files), all === 1 ? { count: 1 } : { count: 1, limit: 'the container\'s quota of 0.5 processors' });
});

test('version 1: quota and period, also where the path is the host\'s and only the container\'s own files are there', ({ folder }) => {
  for (const path of ['/', '/docker/0123']) {
    const files = cgroups(folder, `9:memory:${path}\n3:cpu,cpuacct:${path}\n0::/\n`, { 'cpu,cpuacct/cpu.cfs_quota_us': '130000\n', 'cpu,cpuacct/cpu.cfs_period_us': '100000\n' });
    assert.is(usableProcessors({}, files).count, counted(1.3), path);
  }
});

test('Slurm: what a task, or the job on this machine, was given, where no affinity says so', ({ folder }) => {
  const none = cgroups(folder, '', {});
  for (const name of ['SLURM_CPUS_PER_TASK', 'SLURM_CPUS_ON_NODE']) {
    assert.equal(usableProcessors({ [name]: '1' }, none), all === 1 ? { count: 1 } : { count: 1, limit: `${name}=1` });
    assert.equal(usableProcessors({ [name]: '64' }, none).count, Math.min(64, all));
    for (const odd of ['', '0', '-1', '2(x3)', 'many']) assert.equal(usableProcessors({ [name]: odd }, none), { count: all }, odd);
  }
});

const tasksetIsThere = process.platform === 'linux' && all > 1;
(tasksetIsThere ? test : test.skip)('affinity: one processor is one', () => {
  const script = 'import { usableProcessors } from "./stages/processors.ts"; console.log(usableProcessors({}).count)';
  const counted = execFileSync('taskset', ['-c', '0', process.execPath, '--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.is(counted.trim(), '1');
});

test.run();
