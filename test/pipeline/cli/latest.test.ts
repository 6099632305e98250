import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Project } from './fixture-project.ts';

const test = suite<{ project: Project }>('a config that begins with the latest run');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

const base = 'stages: { base: { uses: begin, run: ./given.txt } }';
const tune = 'stages: { tune: { uses: begin, run: latest } }';

/** Runs base, then tune, which begins with it; resolves to the line with which each plan of tune begins. */
async function begun(project: Project): Promise<string> {
  project.rig.write('given.txt', 'given\n');
  project.config(base, 'base.yaml');
  project.config(tune, 'tune.yaml');
  await runs(project, 'base.yaml');
  await runs(project, 'tune.yaml');
  assert.is(project.rig.read('runs/latest/out.txt'), 'given\ntext\ntext\n');
  return (await planned(project, ['tune.yaml'])).run;
}

async function runs(project: Project, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await project.run(['run', ...args]);
  assert.is(code, 0, stderr);
}

async function planned(project: Project, args: readonly string[], cwd?: string) {
  const { code, stdout, stderr } = await project.run(['plan', ...args], {}, cwd);
  assert.is.not(code, 64, stderr);
  return { code, run: stdout.split('\n')[0]!, stdout };
}

test('repeated, it is the same run, however the command spells it and whatever it overrides besides', async ({ project }) => {
  const run = await begun(project);
  mkdirSync(project.rig.path('below'));
  symlinkSync('../tune.yaml', project.rig.path('below/link.yaml'));
  const same: readonly (readonly [args: readonly string[], cwd?: string])[] = [
    [['./tune.yaml']], [[project.rig.path('tune.yaml')]], [['tune.yaml', 'seed=1']], [['tune.yaml', 'stages.tune.text=text']], [['tune.yaml', '--offline']],
    [['tune.yaml', 'stages.tune.run=latest']], [['below/link.yaml', 'name=tune']], [['../tune.yaml', '--root', '..'], project.rig.path('below')],
  ];
  for (const [args, cwd] of same) assert.equal([(await planned(project, args, cwd)).run, (await planned(project, args, cwd)).code], [run, 0], args.join(' '));
  const other = await planned(project, ['tune.yaml', 'stages.tune.text=other']);
  assert.is(other.code, 2);
  assert.match(other.stdout, 'text text → other');
  assert.not.match(other.stdout, 'run changed', 'it begins where the first one began');
  await runs(project, 'tune.yaml', 'stages.tune.text=other');
  assert.is((await planned(project, ['tune.yaml'])).run, run, 'latest is handed on from run to run');
});

test('what is named otherwise is not latest, and the run’s own config.yaml forgets nothing', async ({ project }) => {
  const run = await begun(project);
  rmSync(project.rig.path('runs/latest/out.txt'));
  await runs(project, 'runs/latest/config.yaml');
  assert.is((await planned(project, ['tune.yaml'])).run, run);
  assert.is.not((await planned(project, ['tune.yaml', 'stages.tune.run=tune'])).run, run, 'by its name that run is meant itself');
  await runs(project, 'tune.yaml', 'stages.tune.run=./given.txt', 'stages.tune.text=other');
  const after = await planned(project, ['tune.yaml']);
  assert.is.not(after.run, run, 'the latest run did not begin with the latest one, so it is meant itself');
});

test('a moved project means the same; where the run is gone its path is said', async ({ project }) => {
  const run = await begun(project);
  const moved = `${project.rig.folder}-moved`;
  renameSync(project.rig.folder, moved);
  try {
    const plan = await planned(project, ['tune.yaml'], moved);
    assert.equal([plan.run, plan.code], [run, 0]);
  } finally {
    renameSync(moved, project.rig.folder);
  }
  const { run: baseRun } = await planned(project, ['base.yaml']);
  const name = baseRun.split(' ')[0]!;
  rmSync(project.rig.path('runs', name), { recursive: true });
  const { code, stderr } = await project.run(['plan', 'tune.yaml']);
  assert.is(code, 64);
  assert.match(stderr.replaceAll(/\s+/g, ' '), `runs/${name} does not exist: latest means that run here`);
  assert.match(stderr, 'tune.yaml:1:');
  assert.match(stderr, 'name one instead of latest: tune-');
});

test.run();
