import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache } from '../../../pipeline/cache/cache.ts';
import { ownerName, self } from '../../../pipeline/cache/owner.ts';
import { writeJobResult } from '../../../pipeline/sweep/job.ts';
import { takeSweepLock } from '../../../pipeline/sweep/sweep-lock.ts';
import type { SweepJob, SweepRecord } from '../../../pipeline/sweep/sweep-record.ts';
import { value } from '../cache/temporary-cache.ts';
import { addSweep } from './fixture-sweep.ts';
import { Project } from './fixture-project.ts';

const test = suite<{ project: Project }>('giverny rm, tag and note');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

/** Runs with texts of 100 kB that only they need; returns their names. */
async function runsOf(project: Project, ...texts: readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  project.config('stages: { first: { uses: write, text: one }, second: { uses: write, from: first } }');
  for (const text of texts) {
    const { code, stderr } = await project.run(['run', 'study.yaml', `stages.second.text=${text.repeat(100_000)}`]);
    assert.is(code, 0, stderr);
    names.push(readlinkSync(project.rig.path('runs/latest')));
  }
  return names;
}

const folders = (project: Project): readonly string[] => readdirSync(project.rig.path('runs')).filter((name) => name !== 'latest').sort();
const flat = (text: string): string => text.replaceAll(/\n +/g, ' ');

test('it says what goes and what gc would then free, asks, and without a terminal does nothing', async ({ project }) => {
  const [a, b] = await runsOf(project, 'a', 'b');
  for (const args of [['rm', a!], ['rm', a!, '--dry-run']]) {
    const { code, stdout, stderr } = await project.run(args);
    assert.is(code, args.length === 3 ? 0 : 64);
    assert.match(stderr, new RegExp(`^${a} +done +20.*\n1 run: .* in runs/\nafter that, giverny cache gc frees 10\\d kB more`));
    assert.is(stdout, '');
    if (code !== 0) assert.match(flat(stderr), /there is no terminal to ask on[^]*--yes/);
  }
  assert.equal(folders(project), [a, b].sort());
  const removed = await project.run(['rm', a!.slice(-12, -4), '--yes']);
  assert.is(removed.code, 0, removed.stderr);
  assert.match(removed.stderr, /removed 1 run \(/);
  assert.equal(folders(project), [b]);
  assert.is(readlinkSync(project.rig.path('runs/latest')), b);
  assert.match((await project.run(['cache', 'gc', '--dry-run'])).stdout, /would free 10\d kB/);
  const again = await project.run(['run', 'study.yaml', `stages.second.text=${'a'.repeat(100_000)}`]);
  assert.is(again.code, 0);
  assert.equal([project.starts['first'], project.starts['second']], [1, 2], 'what it made is in the cache');
});

test('latest goes to the newest that is left, never to a trial, and away with the last', async ({ project }) => {
  const [a, b, c] = await runsOf(project, 'a', 'b', 'c');
  addSweep(project.rig.folder, 'texts-01234567', 'stages.second.text', [[1, b!], [2, a!]]);
  // Whoever began it last says whether it is a trial, for rm as for latest~1: a sweep may also have what was run by hand.
  const record = JSON.parse(project.rig.read(`runs/${b}/run.json`)) as object;
  writeFileSync(project.rig.path(`runs/${b}/run.json`), JSON.stringify({ ...record, command: ['giverny', 'sweep', 'study.yaml', 'stages.second.text=a,b'] }));
  assert.is((await project.run(['show', 'latest~1'])).stdout.split('\n', 1)[0], a);
  assert.match((await project.run(['rm', c!, '-y'])).stderr, new RegExp(`latest is now ${a}\n`));
  assert.is(readlinkSync(project.rig.path('runs/latest')), a);
  assert.match((await project.run(['rm', 'latest', '-y'])).stderr, /there is no latest run any more/);
  assert.not.ok(lstatSync(project.rig.path('runs/latest'), { throwIfNoEntry: false }));
  const link = project.rig.path('runs/sweeps/texts-01234567/trials/0001');
  assert.is((await project.run(['show', 'runs/sweeps/texts-01234567/trials/0001'])).stdout.split('\n', 1)[0], b, 'a link is the run that it leads to');
  assert.ok(existsSync(link));
  assert.is((await project.run(['rm', '--where', 'sweep', '-y'])).code, 0);
  assert.not.ok(lstatSync(link, { throwIfNoEntry: false }), 'no link leads nowhere');
  assert.equal(folders(project), ['sweeps']);
});

test('a sweep goes with its trials, but not with those of another, nor while it runs', async ({ project }) => {
  const [a, b, c, d] = await runsOf(project, 'a', 'b', 'c', 'd');
  addSweep(project.rig.folder, 'one-01234567', 'stages.second.text', [[1, a!], [2, b!], [4, d!]]);
  addSweep(project.rig.folder, 'two-89abcdef', 'stages.second.text', [[2, b!], [3, c!]], ownerName(await self()));
  const busy = await project.run(['rm', '--sweep', 'two', '-y']);
  assert.equal([busy.code, /the sweep two-89abcdef is running/.test(busy.stderr)], [1, true]);
  const { code, stderr } = await project.run(['rm', '--sweep', 'one', '-y']);
  assert.is(code, 0, stderr);
  assert.match(stderr, /removed 1 run and the sweep one-01234567/);
  assert.equal(folders(project), [b, c, d, 'sweeps'].sort(), 'the latest run was run by hand');
  assert.equal(readdirSync(project.rig.path('runs/sweeps')), ['two-89abcdef']);
});

test('a sweep goes only where nobody works on it: no follower anywhere, no job of its own, none in the queue', async ({ project }) => {
  const [a, b] = await runsOf(project, 'a', 'b');
  const folder = addSweep(project.rig.folder, 'one-01234567', 'stages.second.text', [[1, a!]]);
  const record = JSON.parse(readFileSync(join(folder, 'sweep.json'), 'utf8')) as SweepRecord;
  const remove = async (): Promise<readonly [code: number | null, stderr: string]> => {
    const { code, stderr } = await project.run(['rm', '--sweep', 'one', '-y']);
    return [code, flat(stderr).split('error:').at(-1)!];
  };
  const refused = async (message: RegExp): Promise<void> => {
    const [code, stderr] = await remove();
    assert.is.not(code, 0, stderr);
    assert.match(stderr, message);
    assert.equal([folders(project), existsSync(join(folder, 'sweep.json'))], [[a, b, 'sweeps'].sort(), true]);
  };

  // Whoever follows it, on whatever machine, holds this lock: also one that began while the question was open.
  const lock = value(await takeSweepLock(folder, value(await openCache(project.rig.folder)), new AbortController().signal));
  await refused(/is following this sweep[^]*giverny sweep cancel one-01234567/);
  await lock.release();

  const shared: SweepJob = { job: 'shared-1', kind: 'shared', after: [], needs: { engine: false, gpus: 0 } };
  writeFileSync(join(folder, 'sweep.json'), JSON.stringify({ ...record, jobs: [shared] }));
  const result = { schema: 1, job: 'shared-1', state: 'running', identity: 'x', host: 'here', process: { pid: process.pid, owner: ownerName(await self()) }, startedAt: record.startedAt, failures: [] } as const;
  await writeJobResult(folder, result);
  await refused(/the sweep one-01234567 is running: its job shared-1[^]*giverny sweep cancel one-01234567/);
  await writeJobResult(folder, { ...result, state: 'interrupted' });

  project.rig.write('configs/executors/slurm.yaml', 'executor: slurm\ncpus: 1\ntime: 10\nfile_delay: 1\n');
  writeFileSync(join(folder, 'sweep.json'), JSON.stringify({ ...record, jobs: [shared], on: project.rig.path('configs/executors/slurm.yaml') }));
  const submission = { schema: 1, name: 'one-01234567.0000abcd', submittedAt: record.startedAt, user: 0, jobs: ['shared-1'], request: {}, array: 7 };
  project.rig.write('runs/sweeps/one-01234567/slurm/one-01234567.0000abcd/submission.json', JSON.stringify(submission));
  const path = process.env['PATH']!;
  const squeue = (line: string): void => chmodSync(project.rig.write('slurm/squeue', `#!/bin/sh\necho '${line}'\n`), 0o755);
  chmodSync(project.rig.write('slurm/sbatch', '#!/bin/sh\necho slurm 22.05\n'), 0o755);
  try {
    process.env['PATH'] = `${project.rig.path('slurm')}:${path}`;
    squeue('one-01234567.0000abcd|7|0|PENDING||Resources');
    await refused(/its job shared-1 is in the queue/);
    chmodSync(project.rig.write('slurm/squeue', '#!/bin/sh\necho "Unable to contact slurm controller" >&2; exit 1\n'), 0o755);
    await refused(/controller does not answer/);
    squeue('one-01234567.0000abcd|7|0|CANCELLED||None');
    // What was cancelled in the queue has written nothing, and nothing will come.
    rmSync(join(folder, 'jobs/shared-1.json'));
    const [code, stderr] = await remove();
    assert.is(code, 0, stderr);
    assert.match(stderr, /its job shared-1 may be running: that shows within a minute/);
  } finally {
    process.env['PATH'] = path;
  }
  assert.equal([folders(project), existsSync(folder)], [[b, 'sweeps'].sort(), false]);
});

test('a sweep of another project is not this one\'s to remove; a path to one of this project is', async ({ project }) => {
  const [a, b] = await runsOf(project, 'a', 'b');
  const own = addSweep(project.rig.folder, 'one-01234567', 'stages.second.text', [[1, a!]]);
  const other = addSweep(project.rig.path('other'), 'one-01234567', 'stages.second.text', [[1, a!]]);
  const { code, stderr } = await project.run(['rm', '--sweep', 'other/runs/sweeps/one-01234567', '-y']);
  assert.is(code, 64);
  assert.match(flat(stderr), /other\/runs\/sweeps\/one-01234567 is not in .*runs\/sweeps[^]*--root DIR/);
  assert.equal([existsSync(join(other, 'sweep.json')), existsSync(join(own, 'sweep.json')), folders(project)], [true, true, [a, b, 'sweeps'].sort()]);
  assert.is((await project.run(['rm', '--sweep', './', '-y', '--root', project.rig.folder], {}, own)).code, 0);
  assert.equal([existsSync(own), folders(project)], [false, [b, 'sweeps'].sort()]);
});

test('a run that another begins with is named with it; a running one stays', async ({ project }) => {
  const [a, b] = await runsOf(project, 'a', 'b');
  const record = JSON.parse(project.rig.read(`runs/${b}/run.json`)) as { readonly config: object };
  writeFileSync(project.rig.path(`runs/${b}/run.json`), JSON.stringify({ ...record, config: { ...record.config, stages: { train: { init_from: project.rig.path(`runs/${a}/models`) } } } }));
  project.rig.write('configs/tune.yaml', `stages:\n  train: { init_from: "${a!.slice(0, 12)}" }\n`);
  const dry = await project.run(['rm', a!, '-n']);
  assert.match(flat(dry.stderr), `${b}, configs/tune.yaml begin with ${a}, and cannot be run again without it`);
  const other = await project.run(['rm', b!, '-n']);
  assert.not.match(other.stderr, 'begin');
  const running = { ...record, state: 'running', process: { pid: process.pid, owner: ownerName(await self()) } };
  writeFileSync(project.rig.path(`runs/${b}/run.json`), JSON.stringify(running));
  const named = await project.run(['rm', a!, b!, '-y']);
  assert.equal([named.code, /is running/.test(named.stderr)], [1, true]);
  assert.equal(folders(project).length, 2, 'nothing went');
  const chosen = await project.run(['rm', '-w', 'age>=0', '-y']);
  assert.match(chosen.stderr, new RegExp(`^${b} is running: it stays\n`));
  assert.equal(folders(project), [b]);
});

test('mistakes are said before anything goes', async ({ project }) => {
  const [a] = await runsOf(project, 'a');
  const cases: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
    [['rm'], /giverny rm needs a run/], [['rm', a!, '--where', 'state=done'], /takes runs, or --where, or --sweep/], [['rm', a!, 'absent', '-y'], /no run is called absent/],
    [['rm', '--where', 'stat=done', '-y'], /did you mean state\?/], [['tag'], /giverny tag needs a run/], [['tag', a!, 'two words'], /two words cannot be a tag/], [['tag', a!, 'latest'], /latest cannot be a tag: it means a run already/],
    [['tag', a!, 'x', '--remove'], /has no tag x/], [['note'], /giverny note needs a run/], [['note', a!, 'x', '--remove'], /--remove takes no text/],
  ];
  for (const [args, stderr] of cases) {
    const ended = await project.run(args);
    assert.is(ended.code, 64, args.join(' '));
    assert.match(flat(ended.stderr), stderr);
  }
  assert.equal(folders(project), [a]);
  assert.not.ok(existsSync(project.rig.path(`runs/${a}/labels.json`)));
});

test('tags and notes stay through a repeat, change no digest, and are found by ls and show', async ({ project }) => {
  const [a] = await runsOf(project, 'a');
  assert.is((await project.run(['tag', 'latest', 'v2', 'best'])).stdout, 'best v2\n');
  assert.is((await project.run(['note', 'latest', 'colours too warm'])).stdout, 'colours too warm\n');
  const before = readFileSync(project.rig.path(`runs/${a}/labels.json`), 'utf8');
  rmSync(project.rig.path(`runs/${a}/report.html`));
  assert.equal(await runsOf(project, 'a'), [a]);
  assert.is((await project.run(['run', 'study.yaml', `stages.second.text=${'a'.repeat(100_000)}`, '--force'])).code, 0);
  assert.is(readFileSync(project.rig.path(`runs/${a}/labels.json`), 'utf8'), before);
  assert.match((await project.run(['ls'])).stdout, /tags +results\n.* {2}best, v2\n/);
  assert.is((await project.run(['show', 'best'])).stdout.split('\n', 1)[0], a, 'a tag names the run that alone has it');
  assert.match((await project.run(['ls', '-w', 'tag=best and note ~ warm'])).stdout, a!);
  const shown = (await project.run(['show'])).stdout;
  assert.match(shown, /^changed +stages\.second\.text = a{40,60}…$/m);
  assert.match(shown, /^tags +best v2$/m);
  assert.match(shown, /^note +colours too warm$/m);
  assert.is((await project.run(['note', 'latest', 'really', '--append'])).stdout, 'colours too warm\nreally\n');
  assert.is((await project.run(['tag', 'latest', 'v2', '--remove'])).stdout, 'best\n');
  assert.is((await project.run(['tag', 'latest'])).stdout, 'best\n');
  await project.run(['tag', 'latest', '--remove']);
  await project.run(['note', 'latest', '--remove']);
  assert.not.ok(existsSync(project.rig.path(`runs/${a}/labels.json`)), 'nothing is left of them');
});

test('on a terminal it asks, and takes only yes for yes', async ({ project }) => {
  if (spawnSync('script', ['--version']).status !== 0) {
    console.log('  skipped: there is no `script` here, which makes a terminal');
    return;
  }
  const [a, b, c] = await runsOf(project, 'a', 'b', 'c');
  const entry = fileURLToPath(new URL('./fixture-giverny.ts', import.meta.url));
  const answering = (answer: string, args = `rm ${a}`, meanwhile = (): unknown => undefined): Promise<string> => new Promise((resolve) => {
    const command = `'${process.execPath}' --import '${import.meta.resolve('tsx')}' '${entry}' ${args}`;
    const { CI: _ci, ...env } = process.env;
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: project.rig.folder, env: { ...env, TERM: 'xterm', FIXTURE_LEDGER: project.rig.path('ledger') } });
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      if (!text.includes('[y/N]') || child.stdin.writableEnded) return;
      meanwhile();
      child.stdin.end(answer);
    });
    child.on('close', () => resolve(text));
  });
  assert.match(await answering('nein\n'), /remove 1 run\? \[y\/N\][^]*nothing was removed/);
  assert.equal(folders(project), [a, b, c].sort());
  assert.match(await answering('y\n'), /removed 1 run/);
  assert.equal(folders(project), [b, c].sort());
  const sweep = addSweep(project.rig.folder, 'one-01234567', 'stages.second.text', [[1, 'not-begun']]);
  const begin = (): unknown => {
    rmSync(sweep, { recursive: true });
    return addSweep(project.rig.folder, 'one-01234567', 'stages.second.text', [[1, b!]]);
  };
  assert.match(flat((await answering('y\n', 'rm --sweep one', begin)).replaceAll('\r', '')), /the runs of one-01234567 are others than they were: nothing was removed/);
  assert.equal([folders(project), existsSync(join(sweep, 'sweep.json'))], [[b, c, 'sweeps'].sort(), true]);
});

test('what a removal that was killed left is deleted by the next', async ({ project }) => {
  const [a] = await runsOf(project, 'a');
  const removed = `.${ownerName({ ...(await self()), pid: 999_999 })}.removed`;
  const left = ['runs', 'runs/sweeps'].map((within) => project.rig.path(within, removed));
  for (const folder of left) mkdirSync(folder, { recursive: true });
  // Of a sweep that is half gone: what its trials shared needs nothing any more.
  cpSync(project.rig.path('runs', a!), join(left[1]!, 'shared/shared-1'), { recursive: true });
  assert.match((await project.run(['ls'])).stdout, a!);
  assert.match((await project.run(['rm', a!, '-n'])).stderr, /giverny cache gc frees 10\d kB more/);
  await project.run(['rm', a!, '-y']);
  assert.equal(left.map((folder) => existsSync(folder)), [false, false]);
});

test('a tag goes before what only begins so, and a project without a latest run says what that is', async ({ project }) => {
  const [a, b] = await runsOf(project, 'a', 'b');
  await project.run(['tag', a!, 'study']);
  assert.is((await project.run(['show', 'study'])).stdout.split('\n', 1)[0], a);
  rmSync(project.rig.path('runs/latest'));
  const { code, stderr } = await project.run(['show']);
  assert.is(code, 64);
  assert.match(stderr, new RegExp(`there is no latest run here[^]*such as ${b}`));
});

test.run();
