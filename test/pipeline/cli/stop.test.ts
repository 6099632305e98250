/** Ctrl-C, SIGTERM, kill -9 and two processes at once, on real processes. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAlive, Project, until } from './fixture-project.ts';

const test = suite<{ project: Project }>('stopping');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

const counting = 'stages: { first: { uses: write }, count: { uses: steps, from: first, count: 40, milliseconds: 50 } }';
const all = Array.from({ length: 40 }, (_, index) => `line ${index + 1}\n`).join('');

/** Every step was made, and none twice although the run was stopped in between. */
function assertEachStepOnce(project: Project): void {
  const steps = project.ledger.filter((line) => line.startsWith('step '));
  assert.is(project.rig.read('runs/latest/out.txt'), all);
  assert.equal(steps, Array.from({ length: 40 }, (_, index) => `step ${index + 1}`));
}

for (const [signal, exit, word] of [['SIGINT', 130, 'interrupted'], ['SIGTERM', 143, 'terminated']] as const) {
  test(`${signal} finishes the step and exits ${exit}; the same command continues`, async ({ project }) => {
    project.config(counting);
    const running = project.start(['run', 'study.yaml']);
    await until(() => project.ledger.includes('step 3'));
    running.process.kill(signal);
    const { code, stderr } = await running.finished;
    assert.is(code, exit, stderr);
    assert.match(stderr, /finishing the current step and writing a checkpoint; Ctrl-C again stops at once/);
    assert.match(stderr, new RegExp(`^${word}; the same command continues from here$`, 'm'));
    assert.not.match(stderr, /error/);
    assert.is(project.record().state, 'interrupted');
    assert.match((await project.run(['ls'])).stdout, /interrupted/);
    assert.match((await project.run(['plan', 'study.yaml'])).stdout, /^count +run +continues from a checkpoint$/m);
    assert.match((await project.run(['plan', 'study.yaml', '--force=count'])).stdout, /^count +run +never run$/m);
    const continued = await project.run(['run', 'study.yaml']);
    assert.is(continued.code, 0, continued.stderr);
    assert.match(continued.stderr, /^count: running \(continues from a checkpoint\)$/m);
    assertEachStepOnce(project);
    assert.equal(project.starts, { first: 1, count: 2 });
  });
}

test('a second Ctrl-C stops at once and leaves no process', async ({ project }) => {
  project.config('stages: { deaf: { uses: deaf } }');
  const running = project.start(['run', 'study.yaml']);
  await until(() => project.starts['deaf'] === 1);
  running.process.kill('SIGINT');
  await running.printed(/^stopping; Ctrl-C again stops at once/m);
  running.process.kill('SIGINT');
  assert.is((await running.finished).code, 130);
  await until(() => !isAlive(project.pidOf('deaf')));
  assert.match((await project.run(['show'])).stdout, /state {4}interrupted/);
});

for (const uses of ['blocked', 'starting']) {
  test(`one Ctrl-C ends a stage that has nothing to keep, even while a native call blocks it: ${uses}`, async ({ project }) => {
    project.config(`stages: { it: { uses: ${uses} } }`);
    const running = project.start(['run', 'study.yaml']);
    await until(() => project.starts['it'] === 1);
    running.process.kill('SIGINT');
    const { code, stderr } = await running.finished;
    assert.is(code, 130, stderr);
    assert.match(stderr, /^stopping; Ctrl-C again stops at once$/m);
    assert.match(stderr, /^interrupted; the same command continues from here$/m);
    assert.not.match(stderr, /error|killed/);
    assert.not.ok(isAlive(project.pidOf('it')));
    assert.equal(project.stageStates(), { it: 'interrupted' });
  });
}

test('an in-process stage that listens to `stop` is interrupted, not failed', async ({ project }) => {
  project.config('stages: { slow: { uses: slow }, after: { uses: write, from: slow } }');
  const running = project.start(['run', 'study.yaml']);
  await until(() => project.starts['slow'] === 1);
  running.process.kill('SIGINT');
  assert.is((await running.finished).code, 130);
  assert.equal(project.stageStates(), { slow: 'interrupted', after: 'waiting' });
});

test('a --force that was stopped continues when it is given again, and the earlier checkpoints are kept', async ({ project }) => {
  project.config('stages: { count: { uses: steps, count: 12, milliseconds: 30 } }');
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  const before = project.ledger.length;
  const running = project.start(['run', 'study.yaml', '--force']);
  await until(() => project.ledger.slice(before).includes('step 3'));
  running.process.kill('SIGINT');
  assert.is((await running.finished).code, 130);
  assert.is((await project.run(['run', 'study.yaml', '--force'])).code, 0);
  const forced = project.ledger.slice(before);
  assert.equal(forced.filter((line) => line.startsWith('step ')), Array.from({ length: 12 }, (_, index) => `step ${index + 1}`));
  assert.is((await project.run(['run', 'study.yaml', '--force'])).code, 0);
  assert.is(project.ledger.findLast((line) => line.startsWith('from ')), 'from 0', 'a --force after one that ended is a new one');
  const checkpoints = project.rig.path('.giverny/cache/checkpoints');
  const names = readdirSync(checkpoints).map((name) => name.replace(/^[0-9a-f]{64}/, '')).sort();
  assert.equal(names, ['', '.before-force', '.before-force-2', '.json']);
  const kept = readdirSync(checkpoints).find((name) => name.endsWith('.before-force'))!;
  assert.is(readFileSync(`${checkpoints}/${kept}/count`, 'utf8'), '12');
});

test('a reader that goes away ends no run: `run --json | head -1`', async ({ project }) => {
  project.config('stages: { count: { uses: steps, count: 10, milliseconds: 30 } }');
  const running = project.start(['run', 'study.yaml', '--json']);
  await until(() => project.ledger.includes('step 2'));
  running.process.stdout!.destroy();
  running.process.stderr!.destroy();
  assert.is((await running.finished).code, 0);
  assert.is(project.record().state, 'done');
  assert.ok(project.ledger.includes('step 10'));
});

test('kill -9 at random moments: the stage\'s process goes too, and the same command gets to the same end', async ({ project }) => {
  project.config(counting);
  for (const pause of [0, 150, 420]) {
    const running = project.start(['run', 'study.yaml']);
    const before = project.starts['count'] ?? 0;
    await until(() => (project.starts['count'] ?? 0) > before);
    await new Promise((resolve) => setTimeout(resolve, pause));
    assert.is(project.stageStates()['count'], 'running');
    running.process.kill('SIGKILL');
    assert.is((await running.finished).signal, 'SIGKILL');
    assert.match((await project.run(['show'])).stdout, /^count +interrupted/m);
    await until(() => !isAlive(project.pidOf('count')));
    assert.match((await project.run(['ls'])).stdout, /interrupted/);
  }
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  assert.is(project.rig.read('runs/latest/out.txt'), all);
  assert.is(project.starts['first'], 1);
});

test('kill -9 ends a stage\'s process even while a native call blocks it', async ({ project }) => {
  project.config('stages: { blocked: { uses: blocked } }');
  const running = project.start(['run', 'study.yaml']);
  await until(() => project.starts['blocked'] === 1);
  running.process.kill('SIGKILL');
  await running.finished;
  await until(() => !isAlive(project.pidOf('blocked')));
  assert.not.ok(project.ledger.includes('end blocked ok'));
});

/** Not part of any key: so that the second process comes in time on a loaded machine too. */
const slowly = ['stages.count.milliseconds=200'];

test('two processes: on one config the second is told at once, on two configs a shared stage runs once', async ({ project }) => {
  project.config(counting);
  project.config('{ extends: study.yaml, name: other, stages: { last: { uses: write, from: count } } }', 'other.yaml');
  const running = project.start(['run', 'study.yaml', ...slowly]);
  await until(() => project.ledger.includes('step 1'));
  const same = await project.run(['run', 'study.yaml']);
  assert.is(same.code, 1);
  assert.match(same.stderr, new RegExp(`process ${running.process.pid}\\s+is\\s+working\\s+in`));
  const other = await project.run(['run', 'other.yaml']);
  assert.is(other.code, 0, other.stderr);
  assert.match(other.stderr, new RegExp(`count: waiting for count of another giverny \\(process ${running.process.pid}\\), which makes the same`));
  assert.is((await running.finished).code, 0);
  assertEachStepOnce(project);
  assert.equal(project.starts, { first: 1, count: 1, last: 1 });
  assert.match(readlinkSync(project.rig.path('runs/latest')), /^other-/);
});

test('two processes on one trajectory: the longer one waits and continues from what the other reached', async ({ project }) => {
  project.config('stages: { count: { uses: steps, count: 15 } }');
  const shorter = project.start(['run', 'study.yaml', ...slowly]);
  await until(() => project.ledger.includes('step 1'));
  const longer = await project.run(['run', 'study.yaml', 'stages.count.count=20']);
  assert.is(longer.code, 0, longer.stderr);
  assert.match(longer.stderr, /count: waiting for count of another giverny \(process \d+\), which trains the same networks/);
  assert.is((await shorter.finished).code, 0);
  assert.equal(project.ledger.filter((line) => line.startsWith('from ')), ['from 0', 'from 15']);
});

test.run();
