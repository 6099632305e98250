// A known-truth config at its smallest, by the built command: the CycleGAN, and the same generators on pairs beside it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fileURLToPath } from 'node:url';
import type { Evaluation } from '../../stages/evaluate/evaluation.ts';
import { Rig } from '../helpers/rig.ts';

const test = suite<{ rig: Rig }>('known truth');
const args = [
  'run', fileURLToPath(new URL('../../configs/known-truth/colour-permutation.yaml', import.meta.url)), 'engine=wasm',
  'stages.synthesize.size=32', 'stages.synthesize.train=4', 'stages.synthesize.test=4', 'stages.train.epochs=1', 'stages.train.iterations_per_epoch=2',
  'stages.train.sample_every=1', 'model.generator.filters=4', 'model.generator.residual_blocks=1', 'model.discriminator.filters=4',
];

test.before.each((context) => { context.rig = new Rig(); });
test.after.each(({ rig }) => rig.cleanup());

test('it ends with a table that shows the ceiling, its networks in a folder of their own', async ({ rig }) => {
  const run = await rig.run(args);
  assert.is(run.code, 0, run.stderr);
  const { networks, test: about, translations } = JSON.parse(rig.read('runs/latest/evaluation.json')) as Evaluation;
  assert.equal(networks, { cyclegan: 'last', supervised: 'last' });
  assert.equal(about.images, { A: { evaluated: 4, of: 4 }, B: { evaluated: 4, of: 4 } });
  for (const { methods } of Object.values(translations)) {
    assert.equal(Object.keys(methods), ['copy', 'mean', 'histogram_match', 'cyclegan', 'supervised']);
    assert.not.equal(methods.cyclegan!.psnr, methods.supervised!.psnr);
  }
  const table = (run.stdout + run.stderr).split('\n').filter((line) => /^A → B|^ +(copy|CycleGAN|supervised, on pairs) /.test(line));
  assert.is(table.filter((line) => line.includes('supervised, on pairs')).length, 2);
  assert.ok(table.every((line) => line.length <= 80), table.join('\n'));
  for (const folder of ['', 'supervised/']) assert.ok(rig.exists(`runs/latest/${folder}models/generatorAToB/model.json`), folder);
  assert.match(rig.read('runs/latest/supervised/metrics.jsonl'), 'supervised_AToB');
  const swapped = await rig.run([...args, 'stages.evaluate.supervised=train']);
  assert.is(swapped.code, 64);
  assert.match(swapped.stderr, /supervised names train, which was trained as a CycleGAN/);
});

test.run();
