// `giverny why` in its forms, about configs and about runs that really ran, with the fixture's small stages.
import { readlinkSync, rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chain, Project } from './fixture-project.ts';

const test = suite<{ project: Project }>('giverny why RUN');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

const latest = (project: Project): string => readlinkSync(project.rig.path('runs/latest'));

interface Answer {
  readonly run: string;
  readonly stage: string;
  readonly kind: string;
  readonly differences?: readonly { readonly text: string }[];
  readonly made?: { readonly run: string; readonly key: string };
  readonly notes: readonly string[];
}

const answers = (stdout: string): readonly Answer[] => stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Answer);

test('before and after a run: what would run and why; what is cached, who made it, when, how long it took, under which key', async ({ project }) => {
  project.config(chain);
  const fresh = await project.run(['why', 'study.yaml']);
  assert.is(fresh.code, 0, fresh.stderr);
  assert.match(fresh.stdout, /^study-[0-9a-f]{12} {2}\(tensorflow 1\.0\.0, cpu\)\n\nfirst: runs\n {2}never run: nothing like it is in the cache\n {2}its key is [0-9a-f]{12}\n\nsecond: depends on the output of first\n/);
  assert.not.ok(project.rig.exists('.giverny'), 'it writes nothing');
  await project.run(['run', 'study.yaml']);
  const run = latest(project);
  assert.match((await project.run(['why', 'study.yaml', 'second'])).stdout, new RegExp(`\n\nsecond: cached\n  what ${run} made on \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d in \\d+ ms\n  its key is [0-9a-f]{64}\n$`));
  const changed = await project.run(['why', 'study.yaml', 'stages.count.count=4', 'stages.count.milliseconds=1']);
  assert.match(changed.stdout, new RegExp([
    '\n\ncount: runs, about \\S+ m?s last time', '  count 3 → 4 \\(command line: stages\\.count\\.count=4\\)', `  continues from a checkpoint of ${run}`,
    `  compared with what ${run} made on .* key [0-9a-f]{12}`, '  its key is [0-9a-f]{12}', '', 'cached: first, second\n$',
  ].join('\n')));
  const plan = await project.run(['plan', 'study.yaml', 'stages.count.count=4']);
  assert.match(plan.stdout, /^first +cached +took \S+ m?s$/m);
  assert.match(plan.stdout, /^count +run +about \S+ m?s last time +count 3 → 4; continues from/m);
  assert.match(plan.stdout, /\n1 stage to run: about \S+ m?s last time, and 21 B of disk\n$/);
});

test('after the fact: why a run ran what it ran, under every name of the run; a stage alone is one of the latest', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  const first = latest(project);
  await project.run(['run', 'study.yaml', 'stages.second.text=zwei']);
  const second = latest(project);
  const whole = await project.run(['why', second]);
  assert.is(whole.code, 0, whole.stderr);
  assert.match(whole.stdout, new RegExp([
    `^${second}  \\(done\\)`, '', 'second: ran, \\S+ m?s', '  text two → zwei', `  compared with what ${first} made on .*`, '  its key is [0-9a-f]{12}', '',
    'count: ran, \\S+ m?s', '  1 of 1 file changed \\(from second\\): out\\.txt', `[^]*`, 'cached: first\n$',
  ].join('\n')));
  for (const args of [['latest', 'second'], ['second'], [second.slice(-12), 'second'], ['runs/latest', 'second']]) {
    const [answer, ...others] = answers((await project.run(['why', ...args, '--json'])).stdout);
    assert.equal([others, answer!.run, answer!.kind, answer!.differences!.map(({ text }) => text)], [[], second, 'done', ['text two → zwei']], args.join(' '));
  }
  assert.is((await project.run(['why'])).stdout, whole.stdout);
  const [cached] = answers((await project.run(['why', second, 'first', '--json'])).stdout);
  assert.equal([cached!.kind, cached!.made!.run], ['hit', first]);
  // The reason of the time stands, whatever was made since.
  await project.run(['run', 'study.yaml', 'stages.second.text=drei']);
  assert.is((await project.run(['why', second])).stdout, whole.stdout);
  rmSync(project.rig.path('.giverny'), { recursive: true });
  const [forgotten] = answers((await project.run(['why', second, 'second', '--json'])).stdout);
  assert.equal(forgotten!.notes, ['text two → zwei', 'what it made is no longer in the cache']);
});

test('a run that made its outputs and was completed later is still the one that ran it; force and failure are said', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  rmSync(project.rig.path('runs/latest/out.txt'));
  await project.run(['run', 'study.yaml']);
  const [again] = answers((await project.run(['why', 'latest', 'second', '--json'])).stdout);
  assert.equal([again!.kind, again!.notes], ['done', ['never run']]);
  await project.run(['run', 'study.yaml', '--force=second']);
  const [forced] = answers((await project.run(['why', 'latest', 'second', '--json'])).stdout);
  assert.equal([forced!.kind, forced!.notes], ['done', ['forced']]);

  project.config('stages: { good: { uses: write }, bad: { uses: fail, from: good }, never: { uses: write, from: bad } }', 'bad.yaml');
  await project.run(['run', 'bad.yaml']);
  const failed = await project.run(['why']);
  assert.match(failed.stdout, /^bad-[0-9a-f]{12} {2}\(failed\)\n\ngood: ran[^]*\nbad: failed, \d+ ms\n {2}never run\n {2}it was asked to fail\n\nnever: did not run: something that it reads failed\n$/);
  assert.match((await project.run(['why', 'bad.yaml', 'bad'])).stdout, /bad: runs\n {2}its last attempt failed: it was asked to fail\n/);
});

test('what was made and is gone from the cache is not called new', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  const run = latest(project);
  rmSync(project.rig.path('.giverny/cache'), { recursive: true });
  const [first] = answers((await project.run(['why', 'study.yaml', 'first', '--json'])).stdout);
  assert.is(first!.kind, 'run');
  assert.match(first!.notes.join('\n'), new RegExp(`^${run} made it \\(\\d{4}-.*\\); it is no longer in the cache$`));
});

test('a mistake is one error that names what was meant, exit 64', async ({ project }) => {
  project.config(chain);
  const none = await project.run(['why']);
  assert.equal([none.code, none.stdout], [64, '']);
  assert.match(none.stderr, /there are no runs here yet/);
  await project.run(['run', 'study.yaml']);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['study.yaml', 'secnd'], /study has no stage secnd[^]*expected: one of first, second, count[^]*did you mean "second"\?/],
    [['latest', 'cuont'], /has no stage cuont[^]*did you mean "count"\?/],
    [['secnd'], /secnd is no config, no run, and no stage of the latest run[^]*did you mean second\?/],
    [['studdy.yaml'], /there is no config studdy\.yaml[^]*did you mean study\.yaml\?/],
    [['study.yaml', 'first', 'second'], /takes a config or a run and one stage, and cannot use second/],
    [['latest', 'first', 'stages.first.text=x'], /overrides a config, and none is named/],
    [['study.yaml', 'stages.frist.text=x'], /frist/],
    [['study.yaml', '--jsn'], /did you mean --json\?/],
    [['runs/nothing'], /not a run folder/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await project.run(['why', ...args]);
    assert.is(code, 64, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr.replaceAll(/\n +/g, ' '), expected);
    assert.is(stdout, '');
  }
});

test.run();
