// The built command: one run trains, another begins with its networks. On wasm, so that it runs everywhere.
import { readdirSync, rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rig } from '../../../helpers/rig.ts';

const test = suite<{ rig: Rig }>('fine-tuning');
test.before.each((context) => { context.rig = new Rig(); });
test.after.each(({ rig }) => rig.cleanup());

const base = `
name: base
engine: wasm
stages:
  synthesize: { task: painterly, size: 32, train: 4, test: 2 }
  normalize: { from: synthesize }
  train:
    from: normalize
    model: { generator: { filters: 4, residual_blocks: 1 }, discriminator: { filters: 4, strides: [2, 2] } }
    optimizer: { learning_rate: 5e-3 }
    epochs: 5
    samples: 0
`;
// So low a rate leaves the weights where they are: its losses are those of the networks that it begins with.
const tune = `
extends: base.yaml
name: tune
stages:
  train: { init_from: latest, epochs: 3, optimizer: { learning_rate: 1e-7 } }
`;

const losses = (rig: Rig): number[] => rig.read('runs/latest/metrics.jsonl').trimEnd().split('\n').map((line) => (JSON.parse(line) as { generator_loss: number }).generator_loss);
const runsIn = (rig: Rig): string[] => readdirSync(rig.path('runs')).filter((name) => name !== 'latest').sort();

async function runs(rig: Rig, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await rig.run(['run', ...args]);
  assert.is(code, 0, stderr);
  return stderr;
}

test('it begins where the other run ended; stopped and repeated, it is the same run, whatever latest is by then', async ({ rig }) => {
  rig.write('base.yaml', base);
  rig.write('tune.yaml', tune);
  await runs(rig, 'base.yaml');
  const trained = losses(rig);
  const [baseRun] = runsIn(rig);
  const plan = async (value: string) => (await rig.run(['plan', 'base.yaml', value])).stdout;
  assert.match(await plan('stages.train.epochs=6'), 'epochs 5 → 6; continues from a checkpoint (the newest: iteration 20) of base-');
  assert.match(await plan('stages.train.image_pool=5'), /image_pool 0 → 5; starts from the beginning, not from .* of base-.*: image_pool \(command line\) changes the weights/);
  const running = rig.start(['run', '--json', 'tune.yaml']);
  await running.printed(/"phase":"epoch 1 of 3"/);
  running.process.kill('SIGINT');
  assert.is((await running.finished).code, 130);
  assert.match((await rig.run(['plan', 'tune.yaml'])).stdout, /train +run .*continues from /);
  await runs(rig, 'tune.yaml');
  const tuned = losses(rig);
  assert.is(tuned.length, 3);
  const improvement = trained[0]! - trained.at(-1)!;
  assert.ok(improvement > 1, `the first run learns: ${String(trained)}`);
  for (const loss of tuned) assert.ok(Math.abs(loss - trained.at(-1)!) < improvement / 3, `${String(tuned)} after ${String(trained)}`);
  assert.match(await runs(rig, 'tune.yaml'), 'nothing to do');
  assert.match(await runs(rig, 'runs/latest/config.yaml'), 'nothing to do');
  for (const name of [baseRun!, 'base', `./runs/${baseRun!}`, `runs/${baseRun!}/models`]) assert.match(await runs(rig, 'tune.yaml', `stages.train.init_from=${name}`), 'nothing to do', name);
  assert.is(runsIn(rig).length, 2);
});

test('what cannot be begun with is refused before anything runs, at the place in the config', async ({ rig }) => {
  rig.write('base.yaml', base);
  rig.write('tune.yaml', tune);
  await runs(rig, 'base.yaml', 'stages.train.epochs=1');
  const wider = await rig.run(['plan', 'tune.yaml', 'stages.train.model.generator.filters=8']);
  assert.is(wider.code, 64);
  assert.match(wider.stderr.replaceAll(/\s+/g, ' '), 'model.generator.filters 4, and this config 8');
  assert.match(wider.stderr, /tune\.yaml:5:23/);
  assert.match((await rig.run(['plan', 'tune.yaml', 'stages.train.init_from=bose'])).stderr, /there is no run bose[^]*did you mean base-/);
  rmSync(rig.path('runs/latest/models/generatorBToA'), { recursive: true });
  const incomplete = await rig.run(['plan', 'tune.yaml']);
  assert.is(incomplete.code, 64);
  assert.match(incomplete.stderr, /has no trained networks/);
  assert.match(incomplete.stderr.replaceAll(/\s+/g, ' '), 'config.yaml puts back what was removed');
  await runs(rig, 'runs/latest/config.yaml');
  assert.is((await rig.run(['plan', 'tune.yaml'])).code, 2);
});

test.run();
