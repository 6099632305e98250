// Two commands that want the same trial at once: it is made once, and is nobody's failure.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Project, until } from './fixture-project.ts';

const test = suite<{ project: Project }>('sweeps that share a trial');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

test('a sweep waits for a trial that giverny run works on, and says for whom', async ({ project }) => {
  project.config('stages: { count: { uses: steps, milliseconds: 100 } }');
  const running = project.start(['run', 'study.yaml', 'stages.count.count=40']);
  await until(() => project.ledger.includes('step 1'));
  const { code, stderr } = await project.run(['sweep', 'study.yaml', 'stages.count.count=40,41', '-j', '2']);
  assert.is(code, 0, stderr);
  assert.match(stderr.replaceAll(/\s+/g, ' '), /process \d+ is working in .*: waiting for it/);
  assert.is((await running.finished).code, 0);
  assert.is(project.ledger.filter((line) => line === 'step 40').length, 1);
});

test.run();
