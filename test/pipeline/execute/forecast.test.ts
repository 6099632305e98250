import { rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PretendedRuns } from '../cli/pretended-runs.ts';
import { Project } from '../cli/fixture-project.ts';

const study = `
stages:
  synthesize: { task: painterly, size: 64, train: 100, test: 10 }
  normalize: { from: synthesize, range: [-1, 1] }
  train: { from: normalize, epochs: 10 }
`;

interface Planned {
  readonly stage: string;
  readonly seconds?: number;
  readonly reckoned?: boolean;
}

const test = suite<{ runs: PretendedRuns }>('how long a plan takes');
test.before.each(async (context) => {
  context.runs = new PretendedRuns();
  context.runs.rig.write('study.yaml', study);
  await context.runs.pretend();
});
test.after.each(({ runs }) => runs.rig.cleanup());

/** By stage: a pretended execution took 2 s. */
async function seconds(runs: PretendedRuns, ...overrides: readonly string[]): Promise<readonly (readonly [string, number | undefined])[]> {
  const { stdout, stderr } = await runs.run(['plan', 'study.yaml', ...overrides, '--json']);
  assert.is.not(stdout, '', stderr);
  return stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Planned).map((each) => [each.stage, each.seconds && Math.round(each.seconds * 100) / 100] as const);
}

test('it grows with epochs, with the number of images and with the square of their size, of the stages that read them too', async ({ runs }) => {
  assert.equal(await seconds(runs), [['synthesize', 2], ['normalize', 2], ['train', 2]]);
  assert.equal(await seconds(runs, 'stages.train.epochs=30'), [['synthesize', 2], ['normalize', 2], ['train', 6]]);
  assert.equal(await seconds(runs, 'stages.synthesize.size=128'), [['synthesize', 8], ['normalize', 8], ['train', 8]]);
  assert.equal(await seconds(runs, 'stages.synthesize.train=50', 'stages.train.epochs=20'), [['synthesize', 1], ['normalize', 1], ['train', 2]]);
  const { stdout } = await runs.run(['plan', 'study.yaml', 'stages.train.epochs=30']);
  assert.match(stdout, /^train +run +about 6\.0 s, by the last time +epochs 10 → 30/m);
});

test('of a stage that is quite another, nothing is said', async ({ runs }) => {
  const others = ['generator.filters=8', 'generator.residual_blocks=1', 'generator.padding=reflect', 'generator.output=linear', 'discriminator.filters=8', 'discriminator.strides=[2,2]', 'discriminator.output=linear', 'init_type=normal', 'init_gain=0.1'];
  const [, , train] = await seconds(runs, ...others.map((each) => `stages.train.model.${each}`));
  assert.equal(train, ['train', undefined]);
});

test('after its outputs were lost, a run that ended is not one that never ran; run says the same as plan', async () => {
  const project = new Project();
  try {
    project.config('stages: { first: { uses: write, text: one }, second: { uses: write, from: first } }');
    assert.is((await project.run(['run', 'study.yaml'])).code, 0);
    rmSync(project.rig.path('.giverny'), { recursive: true });
    assert.match((await project.run(['plan', 'study.yaml'])).stdout, /^first +run +cached output is damaged or gone$/m);
    assert.match((await project.run(['plan', 'study.yaml', 'stages.first.text=two'])).stdout, /^first +run +never run$/m);
    assert.is((await project.run(['run', 'study.yaml'])).code, 0);
    const { stages } = project.record() as unknown as { readonly stages: Readonly<Record<string, { readonly reason: string }>> };
    assert.equal(Object.values(stages).map(({ reason }) => reason), ['cached output is damaged or gone', 'cached output is damaged or gone']);
  } finally {
    project.rig.cleanup();
  }
});

test.run();
