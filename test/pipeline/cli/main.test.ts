import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verbs } from '../../../pipeline/cli/verbs.ts';
import { readRunArguments, typedCommand } from '../../../pipeline/cli/run-arguments.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { Project } from './fixture-project.ts';

const test = suite<{ project: Project }>('giverny');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

const chain = 'stages: { first: { uses: write }, second: { uses: write, from: first, text: two } }';

test('--version and --help; every verb\'s help shows an example and fits 80 columns', async ({ project }) => {
  assert.equal(await project.run(['--version']), { code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  for (const same of ['-v', 'version']) assert.is((await project.run([same])).stdout, `${packageJson.version}\n`);
  const general = await project.run(['--help']);
  for (const name of Object.keys(verbs).filter((each) => verbs[each]!.hidden !== true)) {
    assert.match(general.stdout, new RegExp(`^  ${name} `, 'm'));
    for (const args of [[name, '--help'], ['help', name]]) {
      const { code, stdout } = await project.run(args);
      assert.is(code, 0);
      assert.match(stdout, new RegExp(`examples:\n  giverny ${name}`));
      for (const line of stdout.split('\n')) assert.ok(line.length <= 90, line);
    }
  }
  assert.is((await project.run([])).stdout, general.stdout);
});

test('a wrong verb, flag or argument is one error that names what was meant, exit 64', async ({ project }) => {
  project.config(chain);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['runn', 'study.yaml'], /no verb runn[^]*did you mean giverny run\?/],
    [['constructor'], /no verb constructor[^]*expected: one of/],
    [['help', 'planet'], /no verb planet/],
    [['run', 'study.yaml', '--ofline'], /no flag --ofline[^]*did you mean --offline\?/],
    [['ls', '--jsn'], /no flag --jsn[^]*did you mean --json\?/],
    [['run', 'study.yaml', '--json=yes'], /--json/],
    [['run', 'study.yaml', '-j', '0'], /--jobs 0 is not a number of stages/],
    [['run'], /giverny run needs a config/],
    [['plan', 'study.yaml', 'other.yaml'], /other\.yaml is not path=value/],
    [['run', 'study.yaml', '--root'], /--root needs a folder/],
    [['run', 'absent.yaml'], /absent\.yaml/],
    [['run', 'studdy.yaml'], /there is no config studdy\.yaml[^]*did you mean study\.yaml\?/],
    [['config', 'print', 'configs/quikstart.yaml'], /did you mean configs\/quickstart\.yaml\?/],
    [['plan', 'x/absent.yaml'], /there are configs\/apple2orange\.yaml, /],
    [['ls', 'study'], /giverny ls takes no arguments, and cannot use study/],
    [['show', 'latest', 'stage', 'other'], /giverny show takes 2 arguments, and cannot use other/],
    [['report', 'latest', 'other'], /giverny report takes one argument/],
    [['show', 'nothing'], /there are no runs here yet/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await project.run(args);
    assert.is(code, 64, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr.replaceAll(/\n +/g, ' '), expected);
    assert.is(stdout, '');
  }
  assert.not.ok(project.rig.exists('runs') || project.rig.exists('.giverny'), 'nothing is half-written');
});

test('run arguments: force, jobs and overrides; the command can be typed again', () => {
  const read = readRunArguments('run', ['a.yaml', 'x.y=1', '--force', '-j3', '-n', '--json', '--offline', '--refetch']);
  assert.equal(read, { ok: true, value: { config: 'a.yaml', overrides: ['x.y=1'], force: 'everything', refetch: true, offline: true, jobs: 3, dryRun: true, json: true } });
  const one = readRunArguments('run', ['--force=train', 'a.yaml']);
  assert.equal(one.ok && one.value.force, { stage: 'train' });
  assert.is(typedCommand('run', ['a b.yaml', "x=it's", 'y=[1,2]']).join(' '), "giverny run 'a b.yaml' 'x=it'\\''s' 'y=[1,2]'");
});

test('plan: what would run and why, exit 2 with work and 0 without; it writes nothing; run does as it said', async ({ project }) => {
  project.config(chain);
  const fresh = await project.run(['plan', 'study.yaml']);
  assert.is(fresh.code, 2);
  assert.match(fresh.stdout, /^first {3}run {6}never run\nsecond {2}depends {2}on the output of first$/m);
  assert.not.ok(project.rig.exists('runs') || project.rig.exists('.giverny'));
  assert.equal(project.ledger, []);
  assert.is((await project.run(['run', 'study.yaml', '-n'])).stdout, fresh.stdout);
  await project.run(['run', 'study.yaml']);
  const done = await project.run(['plan', 'study.yaml']);
  assert.is(done.code, 0);
  assert.match(done.stdout, /nothing to run/);
  const changed = await project.run(['plan', 'study.yaml', 'stages.second.text=zwei', '--json']);
  assert.is(changed.code, 2);
  const stages = changed.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly stage: string; readonly kind: string; readonly reason?: string });
  assert.equal(stages.map((stage) => [stage.stage, stage.kind, stage.reason]), [['first', 'hit', undefined], ['second', 'run', 'text two → zwei']]);
  assert.is((await project.run(['plan', 'study.yaml', '--force=first'])).code, 2);
});

test('ls and show tell of runs; report renders again', async ({ project }) => {
  project.config('stages: { count: { uses: steps, count: 2 } }');
  await project.run(['run', 'study.yaml']);
  await project.run(['run', 'study.yaml', 'stages.count.count=3']);
  const listed = (await project.run(['ls'])).stdout.trimEnd().split('\n');
  assert.is(listed.length, 3);
  assert.match(listed[0]!, /^run +state +started +took +results$/);
  assert.match(listed[1]!, /^study-[0-9a-f]{12} \(latest\) +done +\d{4}-\d\d-\d\d \d\d:\d\d +\S+ s +loss 0\.3333$/);
  const rows = (await project.run(['ls', '--json'])).stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly digest: string; readonly results: unknown });
  assert.equal(rows.map((row) => row.results), [{ loss: 1 / 3 }, { loss: 0.5 }]);
  const shown = await project.run(['show', rows[1]!.digest.slice(0, 8)]);
  assert.match(shown.stdout, /command {2}giverny run study\.yaml\n/);
  assert.match(shown.stdout, /^count {2}done {3}\S+ s {2}never run {2}loss 0\.5$/m);
  assert.is((JSON.parse((await project.run(['show', '--json'])).stdout) as { readonly state: string }).state, 'done');
  const here = await project.run(['show', '.', '--root', '../..'], {}, project.rig.path('runs/latest'));
  assert.is(here.stdout.split('\n', 1)[0], (await project.run(['show'])).stdout.split('\n', 1)[0]);
  const rendered = await project.run(['report', rows[1]!.digest.slice(0, 8)]);
  assert.match(rendered.stdout, /^runs\/study-[0-9a-f]{12}\/report\.html\n$/);
});

test('show RUN STAGE: the files that a stage made, where they are', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  const lines = (await project.run(['show', 'latest', 'second'])).stdout.trimEnd().split('\n');
  assert.is(lines.length, 2);
  const [, location] = /^out\.txt +10 B +(\/.*)$/.exec(lines[1]!)!;
  assert.is(readFileSync(location!, 'utf8'), 'text\n\ntwo\n');
  const { stage, files } = JSON.parse((await project.run(['show', 'latest', 'second', '--json'])).stdout) as { readonly stage: string; readonly files: readonly unknown[] };
  assert.is(stage, 'second');
  assert.equal(files, [{ path: 'out.txt', bytes: 10, digest: location!.slice(-64), kind: 'reproducible', location }]);
  const unknown = await project.run(['show', 'latest', 'secnd']);
  assert.is(unknown.code, 64);
  assert.match(unknown.stderr, /has no stage secnd[^]*did you mean "second"\?/);
});

test('a config that giverny brings runs from anywhere, and says so; one of that name here goes before it', async ({ project }) => {
  // The fixture's catalog has none of its stages: that is what is said of the file that was found.
  const brought = await project.run(['config', 'validate', 'configs/quickstart.yaml']);
  assert.match(brought.stderr, /^configs\/quickstart\.yaml is not in this folder: taking the one that comes with giverny, .*configs.quickstart\.yaml\n/);
  assert.match(brought.stderr, /synthesize/);
  project.config(chain, 'configs/quickstart.yaml');
  assert.equal(await project.run(['config', 'validate', 'configs/quickstart.yaml']), { code: 0, stdout: 'quickstart: 2 stages, valid\n', stderr: '' });
});

test.run();
