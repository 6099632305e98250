import { readdirSync, rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SpaceProject } from './space-project.ts';

const test = suite('giverny verify');
const open: SpaceProject[] = [];
test.after.each(() => { for (const project of open.splice(0)) project.rig.cleanup(); });

async function project(): Promise<SpaceProject> {
  const made = new SpaceProject();
  open.push(made);
  made.config('stages:\n  first: { uses: write, text: one, files: 4 }\n  numbers: { from: first }\n');
  assert.is((await made.run(['run', 'study.yaml'])).code, 0);
  return made;
}

const runOf = (made: SpaceProject): string => readdirSync(made.rig.path('runs')).find((name) => name !== 'latest')!;

function pretendOtherMachine(made: SpaceProject): void {
  const file = `runs/${runOf(made)}/environment.json`;
  const environment = JSON.parse(made.rig.read(file)) as { cpu: { model: string } };
  made.rig.write(file, JSON.stringify({ ...environment, cpu: { ...environment.cpu, model: 'another CPU' } }));
}

test('a run that is made again equal: every stage is executed, nothing else is touched', async () => {
  const made = await project();
  const [run, keys] = [made.rig.read('runs/latest/run.json'), readdirSync(made.rig.path('.giverny/cache/keys'))];
  const verified = await made.run(['verify']);
  assert.is(verified.code, 0, verified.stderr);
  assert.match(verified.stderr, /verifying study-[0-9a-f]{12}: first, numbers run again, which took \d+ ms last time/);
  assert.match(verified.stdout, /first +equal +5 files\nnumbers +equal +3 files\nstudy-[0-9a-f]{12}: equal, every digest as recorded/);
  assert.equal(made.starts, { first: 2 });
  assert.is(made.rig.read('runs/latest/run.json'), run);
  assert.equal(readdirSync(made.rig.path('.giverny/cache/keys')), keys);
  assert.equal(readdirSync(made.rig.path('.giverny/work')), [], 'nothing is left behind');
});

test('what differs is named, with how far; on another machine it is equal within that', async () => {
  const made = await project();
  const differs = await made.run(['verify', 'latest'], { NUDGE: '0.5' });
  assert.is(differs.code, 1);
  assert.match(differs.stdout, /numbers +differs +3 files +1 differs, the first: samples\/1\.json, largest difference 0\.5 \(relative 0\.2; 1 of 1 numbers\)/);
  pretendOtherMachine(made);
  const within = await made.run(['verify', '--json'], { NUDGE: '0.5' });
  assert.is(within.code, 0);
  const [first, numbers, total] = within.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.is(first!['verdict'], 'equal');
  assert.is(numbers!['verdict'], 'equal-within');
  assert.equal(numbers!['numbers'], { absolute: 0.5, relative: 0.2, values: 1, differing: 1 });
  assert.is(total!['verdict'], 'equal-within');
  assert.ok(String(total!['elsewhere']).startsWith('CPU another CPU → '));
});

test('one stage: what it reads is taken from the cache, or made again where the cache has lost it', async () => {
  const made = await project();
  const alone = await made.run(['verify', 'latest', '--stage', 'numbers']);
  assert.is(alone.code, 0, alone.stderr);
  assert.match(alone.stderr, /: numbers runs again/);
  assert.equal(made.starts, { first: 1 });
  rmSync(made.rig.path('.giverny/cache/objects'), { recursive: true });
  const lost = await made.run(['verify', '--stage', 'numbers']);
  assert.match(lost.stderr, /: first, numbers run again/);
  assert.is(lost.code, 0, lost.stdout);
  assert.is((await made.run(['verify'], { NUDGE: '1' })).code, 1);
  assert.match((await made.run(['verify'], { NUDGE: '1' })).stdout, /which differ cannot be said/);
  const unknown = await made.run(['verify', '--stage', 'number']);
  assert.is(unknown.code, 64);
  assert.match(unknown.stderr, /did you mean "numbers"/);
});

test('samples that a training which was continued did not draw are left out', async () => {
  const made = await project();
  const more = await made.run(['verify'], { MORE: '2' });
  assert.is(more.code, 0, more.stdout);
  assert.match(more.stdout, /2 more are made by a training that was never continued/);
  assert.match((await made.run(['verify'], { MORE: '-1' })).stdout, /samples\/2\.json is not made again/);
});

test('a stage that fails is that failure, and a run in which nothing ended has nothing to compare', async () => {
  const made = new SpaceProject();
  open.push(made);
  made.config('stages:\n  broken: { uses: fail }\n');
  await made.run(['run', 'study.yaml']);
  const nothing = await made.run(['verify']);
  assert.is(nothing.code, 64);
  assert.match(nothing.stderr, /no stage of study-[0-9a-f]{12} has ended well/);
});

test('Ctrl-C: exit code 130, the run as it was, nothing left behind', async () => {
  const made = new SpaceProject();
  open.push(made);
  made.config('stages:\n  wait: { uses: slow, milliseconds: 1500 }\n');
  assert.is((await made.run(['run', 'study.yaml'])).code, 0);
  const run = made.rig.read('runs/latest/run.json');
  const running = made.start(['verify']);
  while (made.starts['wait'] !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
  running.process.kill('SIGINT');
  const { code, stdout, stderr } = await running.finished;
  assert.is(code, 130, stderr);
  assert.match(stderr, /interrupted; the run is as it was/);
  assert.is(stdout, '');
  assert.is(made.rig.read('runs/latest/run.json'), run);
  assert.equal(readdirSync(made.rig.path('.giverny/work')), []);
});

test.run();
