// `giverny diff` of runs that really ran, with the fixture's small stages: in a repository, damaged, failed, in a sweep.
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Comparison } from '../../../pipeline/diff/comparison.ts';
import { chain, Project } from './fixture-project.ts';

const test = suite<{ project: Project }>('giverny diff');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

/** No process of its own: what a test needs that compares no figures. */
const light = 'stages: { first: { uses: write, text: one } }\n';

const latest = (project: Project): string => readlinkSync(project.rig.path('runs/latest'));

async function compared(project: Project, ...args: readonly string[]): Promise<Comparison> {
  const { code, stdout, stderr } = await project.run(['diff', ...args, '--json']);
  assert.is(code, 0, stderr);
  assert.is(stdout.split('\n').length, 2, 'one document');
  return JSON.parse(stdout) as Comparison;
}

test('config with the place of each value, files, stages and figures; by every name of a run', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  const first = latest(project);
  await project.run(['run', 'study.yaml', 'stages.first.files=4', 'stages.count.count=4']);
  const second = latest(project);
  const comparison = await compared(project);
  assert.equal(comparison.columns.map(({ runs }) => runs[0]!.run), [first, second]);
  assert.equal(comparison.config, [
    { path: 'stages.first.files', values: [{ value: 3, place: 'study.yaml:3:43' }, { value: 4, place: 'command line: stages.first.files=4' }] },
    { path: 'stages.count.count', values: [{ value: 3, place: 'study.yaml:5:46' }, { value: 4, place: 'command line: stages.count.count=4' }] },
  ]);
  assert.match(comparison.data[0]!.text, /^1 of 5 files added \(made by first\): files\/3\.txt$/);
  assert.equal(comparison.metrics.map(({ name, cells }) => [name, cells.map((cell) => cell!.mean)]), [['count.loss', [1 / 3, 1 / 4]]]);
  assert.equal(comparison.stages.map(({ stage, cells }) => [stage, cells[1]!.sameOutputs]), [['first', false], ['second', true], ['count', false]]);
  assert.equal([comparison.code, comparison.environment], [[], []]);
  for (const names of [[first, second], [first.slice(-12), second.slice(-12)], [`runs/${first}`, 'latest'], ['latest~1', 'runs/latest'], ['latest~', 'latest']]) {
    assert.equal((await compared(project, ...names)).columns, comparison.columns, names.join(' '));
  }
  const { stdout } = await project.run(['diff']);
  assert.match(stdout, /\n {2}stages\.first\.files {2}3 → 4\n {6}A study\.yaml:3:43\n {6}B command line: stages\.first\.files=4\n/);
  assert.match(stdout, /\nThe same: code, environment\n/);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test('latest~N goes back by when runs began; a repetition without work counts for latest alone, and other verbs know it, too', async ({ project }) => {
  project.config(light);
  const runs: string[] = [];
  for (const count of [1, 2, 3]) {
    await project.run(['run', 'study.yaml', `stages.first.text=v${count}`]);
    runs.push(latest(project));
  }
  const shown = async (name: string): Promise<string> => (JSON.parse((await project.run(['show', name, '--json'])).stdout) as { run: string }).run;
  assert.equal([await shown('latest'), await shown('latest~1'), await shown('latest~2')], [runs[2], runs[1], runs[0]]);
  await project.run(['run', 'study.yaml', 'stages.first.text=v1']);
  assert.equal([await shown('latest'), await shown('latest~1'), await shown('latest~2')], [runs[0], runs[2], runs[1]]);
  const beyond = await project.run(['show', 'latest~3']);
  assert.is(beyond.code, 64);
  assert.match(beyond.stderr, /there is no latest~3: 2 runs came before the latest/);
});

test('the code between two runs: commits and uncommitted changes, the repository left as it was', async ({ project }) => {
  const git = (...args: readonly string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: project.rig.folder, encoding: 'utf8' });
  project.config(light);
  project.rig.write('model.txt', 'one\n');
  git('init', '-q');
  git('add', 'study.yaml', 'model.txt');
  git('commit', '-qm', 'first');
  await project.run(['run', 'study.yaml']);
  project.rig.write('model.txt', 'one\ntwo\n');
  await project.run(['run', 'study.yaml', 'stages.first.text=v4']);
  const objects = git('count-objects');
  const [dirty] = (await compared(project)).code;
  assert.match(dirty!.text, /^commit [0-9a-f]{8}, B with uncommitted changes$/);
  assert.match(dirty!.stat!, /model\.txt \| 1 \+/);
  assert.match(dirty!.patch!, /^diff --git a\/model\.txt b\/model\.txt[^]*\n\+two\n$/);
  assert.equal([git('count-objects'), git('status', '--porcelain', '--untracked-files=no')], [objects, ' M model.txt\n']);
  git('commit', '-qam', 'second');
  await project.run(['run', 'study.yaml', 'stages.first.text=v5']);
  const committed = await compared(project);
  assert.match(committed.code[0]!.text, /^commit [0-9a-f]{8} → [0-9a-f]{8}, A with uncommitted changes: the same code$/);
  const whole = await project.run(['diff', 'latest~2', 'latest', '--code']);
  assert.match(whole.stdout, /\nCode\n {2}commit [0-9a-f]{8} → [0-9a-f]{8}\ndiff --git [^]*\n\+two\n/);
  rmSync(project.rig.path('.git'), { recursive: true });
  assert.match((await compared(project, 'latest~2', 'latest')).code[0]!.text, /; their repository is not here$/);
});

test('failed, damaged and older runs are compared as far as they go, and it is said how far', async ({ project }) => {
  project.config(light);
  await project.run(['run', 'study.yaml']);
  project.config('stages: { good: { uses: write }, bad: { uses: fail, from: good } }', 'bad.yaml');
  await project.run(['run', 'bad.yaml']);
  const failed = await compared(project);
  assert.match(failed.notes[0]!, /^B failed \(bad: it was asked to fail\)/);
  assert.ok(failed.config.some(({ path, values }) => path === 'stages.bad' && values[0] === null));
  const run = latest(project);
  writeFileSync(project.rig.path('runs', run, 'config.yaml'), '[');
  rmSync(project.rig.path('runs', run, 'plan.json'));
  writeFileSync(project.rig.path('runs', run, 'environment.json'), 'null');
  const damaged = await compared(project);
  assert.equal(damaged.notes.filter((note) => note.startsWith('B: ')), ['B: plan.json is missing', 'B: environment.json cannot be read', 'B: config.yaml cannot be read']);
  assert.is((await project.run(['diff'])).code, 0);
  writeFileSync(project.rig.path('runs', run, 'run.json'), '{');
  const unreadable = await project.run(['diff', 'latest', 'study']);
  assert.equal([unreadable.code, unreadable.stdout], [1, '']);
  assert.match(unreadable.stderr, /run\.json is not JSON/);
});

test('a sweep: a column a setting, each axis against each figure', async ({ project }) => {
  project.config(chain);
  const swept = await project.run(['sweep', 'study.yaml', 'stages.count.count=2,4,5', '--name', 'counts']);
  assert.is(swept.code, 0, swept.stderr);
  const sweep = readdirSync(project.rig.path('runs/sweeps'))[0]!;
  for (const name of ['counts', sweep, `runs/sweeps/${sweep}`]) {
    const comparison = await compared(project, name);
    assert.equal([comparison.sweep!.sweep, comparison.sweep!.states], [sweep, { done: 3 }]);
    assert.equal(comparison.sweep!.effects.map(({ axis, metrics }) => [axis, metrics[0]!.points.map(({ value, mean }) => [value, mean])]), [['stages.count.count', [[2, 1 / 2], [4, 1 / 4], [5, 1 / 5]]]]);
  }
  assert.match((await project.run(['diff', 'counts'])).stdout, /\nstages\.count\.count, mean ± [^]*\n {4}2 +0\.5000 +●\n|\n {4}2 {2}0\.5000 +●/);
  const mixed = await project.run(['diff', 'counts', 'latest']);
  assert.is(mixed.code, 64);
});

test('a mistake is one error that says what was expected, exit 64', async ({ project }) => {
  project.config(light);
  assert.match((await project.run(['diff'])).stderr, /there is no latest~1: no run came before the latest/);
  await project.run(['run', 'study.yaml']);
  project.rig.write('folder.html/a', '');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /there is no latest~1: no run/],
    [['latest'], /is one run, and there is nothing to compare it with/],
    [['latest', latest(project)], /are the same run/],
    [['latest', 'nothing'], /no run is called nothing/],
    [['nothing'], /no run is called nothing/],
    [['--jsn'], /did you mean --json\?/],
    [['latest', 'latest', '--html=page.txt'], /a page ends in \.html/],
    [['--json', '--html'], /choose one/],
    [['latest', 'latest', '--html', 'nowhere/x.html'], /^(?![^]*--root)[^]*--html nowhere\/x\.html: there is no folder nowhere\b/],
    [['latest', 'latest', '--html', 'study.yaml/x.html'], /no folder, but a file is study\.yaml/],
    [['latest', 'latest', '--html', 'folder.html'], /folder\.html: is a folder/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await project.run(['diff', ...args]);
    assert.equal([code, stdout], [64, ''], `${args.join(' ')}: ${stderr}`);
    assert.match(stderr.replaceAll(/\n +/g, ' '), expected);
  }
});

test.run();
