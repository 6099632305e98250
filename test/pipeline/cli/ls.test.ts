import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Project } from './fixture-project.ts';
import { addSweep } from './fixture-sweep.ts';

/** `three`: a project with three runs, which no test changes but for adding to it. */
const test = suite<{ project: Project; three: Project }>('giverny ls');
test.before(async (context) => {
  context.three = new Project();
  await counts(context.three, 2, 3, 4);
});
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());
test.after(({ three }) => three.rig.cleanup());

const config = `
loss: { weight: 5 }
stages:
  slow: { uses: write, text: one }
  count: { uses: steps, from: slow, count: 2, milliseconds: 40 }
`;

type Listed = { readonly [name: string]: unknown; readonly run: string; readonly seconds: number };

const rows = async (project: Project, ...args: readonly string[]): Promise<readonly Listed[]> => {
  const { code, stdout, stderr } = await project.run(['ls', '--json', ...args]);
  assert.is(code, 0, stderr);
  return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Listed);
};

async function counts(project: Project, ...values: readonly number[]): Promise<void> {
  project.config(config);
  for (const count of values) assert.is((await project.run(['run', 'study.yaml', `stages.count.count=${count}`])).code, 0);
}

test('runs are chosen, sorted and shown by values of their config and by figures', async ({ three: project }) => {
  const chosen = async (...args: readonly string[]) => (await rows(project, '--columns', 'count,loss', ...args)).map(({ count }) => count);
  assert.equal(await chosen(), [4, 3, 2], 'the newest first');
  assert.equal(await chosen('--where', 'count>2 and state=done'), [4, 3]);
  assert.equal(await chosen('-w', 'stages.count.count in (2, 4)', '--sort', 'count'), [2, 4]);
  assert.equal(await chosen('--sort', '-loss', '--limit', '2'), [2, 3]);
  assert.equal(await chosen('--sort=loss', '-r', '--limit=1'), [2]);
  assert.equal(await chosen('--reverse'), [2, 3, 4], 'the oldest first');
  const { stdout } = await project.run(['ls', '--columns', '+count,seed', '-w', 'count=3']);
  assert.match(stdout, /^run +state +started +took +results +count +seed\nstudy-\S+ +done .* loss 0\.3333 +3 +1\n$/);
  const none = await project.run(['ls', '-w', 'count>9']);
  assert.equal([none.code, none.stdout, none.stderr], [0, '', 'none of 3 runs is so\n']);
});

test('a mistake is underlined, exit 64', async ({ three: project }) => {
  const cases: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
    [['--where', 'cuont>2'], /error: no run has cuont\n--where\n {2}cuont>2\n {2}~~~~~\n[^]*did you mean count\?/],
    [['--columns', 'run,los'], /no run has los\n--columns\n {2}run,los\n {6}~~~/],
    [['--sort', '-strated'], /no run has strated[^]*did you mean started\?/],
    [['--limit', 'all'], /--limit all is not a number of runs/],
    [['--sweep', 'none'], /there are no sweeps here yet/],
  ];
  for (const [args, stderr] of cases) {
    const ended = await project.run(['ls', ...args]);
    assert.is(ended.code, 64, args.join(' '));
    assert.match(ended.stderr, stderr);
  }
});

test('a repeat takes nothing away from how long a run took', async ({ project }) => {
  await counts(project, 5);
  const [first] = await rows(project);
  assert.ok(first!.seconds >= 0.2, `five steps of 40 ms took ${first!.seconds} s`);
  rmSync(project.rig.path('runs/latest/report.html'));
  await counts(project, 5);
  assert.is((project.record()['stages'] as { readonly count: { readonly state: string } }).count.state, 'hit', 'it was run again');
  const [repeated] = await rows(project);
  assert.ok(repeated!.seconds >= 0.2, `repeated: ${repeated!.seconds} s`);
  assert.equal(await rows(project, '--where', 'took<100ms'), []);
  rmSync(project.rig.path('runs'), { recursive: true });
  await counts(project, 5);
  const [cached] = await rows(project);
  assert.equal([cached!['results'], cached!.seconds >= 0.2], [{ loss: 0.2 }, true], 'what the cache has says it, when no run is left that made it');
});

test('the trials of a sweep are one row, unless they are asked for', async ({ three: project }) => {
  const [four, three, two] = (await rows(project)).map(({ run }) => run);
  addSweep(project.rig.folder, 'counts-01234567', 'stages.count.count', [[2, two!], [3, three!], [9, 'study-absent']]);
  const begunBy = (run: string, verb: string) => {
    const file = `runs/${run}/run.json`;
    project.rig.write(file, JSON.stringify({ ...JSON.parse(project.rig.read(file)) as object, command: ['giverny', verb, 'study.yaml'] }));
  };
  for (const run of [two!, three!]) begunBy(run, 'sweep');
  const { stdout } = await project.run(['ls']);
  assert.match(stdout, new RegExp(`^run +state +started +took +results\n${four} \\(latest\\) .*\nsweep counts-01234567 +2 of 3 done .*giverny ls --sweep counts-01234567\n$`));
  begunBy(three!, 'run');
  assert.match((await project.run(['ls'])).stdout, new RegExp(`\n${three} .*\nsweep counts-01234567 `), 'what a person ran stays a row of its own');
  assert.match((await project.run(['ls', '--all'])).stdout, new RegExp(`${four}[^]*${three}[^]*${two}`));
  const trials = (await project.run(['ls', '--sweep', 'counts', '--sort', 'count'])).stdout;
  assert.match(trials, new RegExp(`^run +state +stages.count.count +started +took +results\n${two} +done +2 .*\n${three} +done +3 .*\n$`));
  assert.equal((await rows(project, '-w', 'sweep ~ ^counts')).map(({ run }) => run), [three, two]);
  assert.equal((await rows(project, '-w', 'not sweep')).map(({ run }) => run), [four]);
});

test('many runs are remembered in a file that may be deleted or damaged, and never believed when run.json changed', async ({ project }) => {
  project.config('stages: { slow: { uses: write } }');
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  const made = JSON.parse(project.rig.read('runs/latest/run.json')) as Record<string, unknown>;
  const old = new Date('2026-01-01');
  const write = (number: number, state: string): void => {
    const folder = project.rig.path(`runs/many-${String(number).padStart(12, '0')}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/run.json`, JSON.stringify({ ...made, state, config: { stages: { count: { count: number } } } }));
    utimesSync(`${folder}/run.json`, old, old);
  };
  for (let number = 0; number < 250; number += 1) write(number, 'done');
  // The time of a change of the file's own data cannot be set: settled is what was written more than 2 s ago.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const ask = async () => (await rows(project, '-w', 'count>=248 or state=failed')).map(({ run, state }) => `${run.slice(-3)} ${String(state)}`).sort();
  assert.equal(await ask(), ['248 done', '249 done']);
  const index = project.rig.path('.giverny/cache/run-index');
  assert.ok(existsSync(index));
  const written = statSync(index).mtimeMs;
  assert.equal(await ask(), ['248 done', '249 done']);
  assert.is(statSync(index).mtimeMs, written, 'nothing was new');
  write(7, 'failed');
  rmSync(project.rig.path('runs/many-000000000249'), { recursive: true });
  const expected = ['007 failed', '248 done'];
  assert.equal(await ask(), expected, 'a changed and a removed run');
  const text = readFileSync(index, 'utf8');
  for (const damage of [text.slice(0, 5000), text.replace('"done"', '"dno'), text.replace('giverny runs 1', 'giverny runs 9'), '']) {
    writeFileSync(index, damage);
    assert.equal(await ask(), expected);
  }
  rmSync(index);
  assert.equal(await ask(), expected);
  rmSync(project.rig.path('.giverny'), { recursive: true });
  assert.equal(await ask(), expected);
  assert.not.ok(existsSync(project.rig.path('.giverny')), 'looking leaves nothing behind');
  assert.ok(readdirSync(project.rig.path('runs')).length > 240);
});

test.run();
