// The built command, as people run it, on small versions of the shipped configs: every stage, both engines, nothing mocked.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rig } from './helpers/rig.ts';
import { jpegFolders } from './helpers/jpeg-folders.ts';
import { testSelection } from './helpers/test-engine.ts';

const test = suite<{ rig: Rig }>('end to end');
const config = (name: string) => fileURLToPath(new URL(`../configs/${name}.yaml`, import.meta.url));
const small = [
  'stages.synthesize={task: painterly, size: 32, train: 6, test: 4}', 'stages.train.epochs=2', 'stages.train.iterations_per_epoch=3',
  'stages.train.learning_rate_schedule={constant_epochs: 1, decay_epochs: 1}', 'model.generator.filters=4', 'model.discriminator.filters=4',
  'model.generator.residual_blocks=1',
];

test.before.each((context) => { context.rig = new Rig(); });
test.after.each(({ rig }) => rig.cleanup());

for (const engine of ['wasm', ...((await testSelection('tensorflow')) ? ['tensorflow'] : [])]) {
  test(`the quickstart on ${engine}: everything is in the run folder, and a second run has nothing to do`, async ({ rig }) => {
    const args = [config('quickstart'), `engine=${engine}`, ...small];
    assert.is((await rig.run(['plan', ...args])).code, 2);
    const run = await rig.run(['run', ...args]);
    assert.is(run.code, 0, run.stderr);
    assert.match(run.stdout + run.stderr, /CycleGAN +\d/);
    assert.match(run.stdout.trimEnd().split('\n').at(-1)!, /report\.html$/);
    for (const file of ['report.html', 'config.yaml', 'run.json', 'plan.json', 'environment.json', 'events.jsonl', 'evaluation.json', 'logs/train.log', 'models/generatorAToB/model.json']) {
      assert.ok(rig.exists(`runs/latest/${file}`), file);
    }
    assert.is(rig.read('runs/latest/metrics.jsonl').trimEnd().split('\n').length, 2);
    assert.is(readdirSync(rig.path('runs/latest/samples')).length, 8);
    assert.is((await rig.run(['plan', ...args])).code, 0);
    await jpegFolders(rig.path('photos'), { album: 3 }, 70);
    const translated = await rig.run(['translate', 'latest', 'photos', '--to', 'A', '-o', 'painted']);
    assert.is(translated.code, 0, translated.stderr);
    assert.equal(readdirSync(rig.path('painted/album')).sort(), readdirSync(rig.path('photos/album')).sort());
    const over = await rig.run(['translate', 'latest', 'photos', '-o', 'painted']);
    assert.is(over.code, 64);
    assert.match(over.stderr, /is there already\nhint: --overwrite/);
    rig.write('a-file', 'in the way');
    for (const verb of [['translate', 'latest', 'photos'], ['export', 'latest', '--format', 'onnx']]) {
      const refused = await rig.run([...verb, '-o', 'a-file']);
      assert.is(refused.code, 64, refused.stderr);
      assert.match(refused.stderr, /^error: -o takes a folder, and a-file is a file/m);
      assert.not.match(refused.stderr, /bug|\n +at /);
    }
    const exported = await rig.run(['export', '--format', 'onnx,tfjs']);
    assert.is(exported.code, 0, exported.stderr);
    for (const line of exported.stdout.trimEnd().split('\n')) assert.ok(rig.exists(line), line);
    const again = await rig.run(['run', rig.path('runs/latest/config.yaml')]);
    assert.is(again.code, 0, again.stderr);
    assert.is(readdirSync(rig.path('runs')).length, 2, 'the resolved config names the same run');
  });
}

test('the chapter on two local folders of JPEGs: every stage runs, and one changed value reruns only what depends on it', async ({ rig }) => {
  await jpegFolders(rig.path('monet'), { trainA: 3, trainB: 4, testA: 3, testB: 4 }, 48);
  const args = [
    config('monet2photo'), 'engine=wasm', 'stages.fetch.url=monet', 'stages.resize.size=32', 'stages.train.epochs=1',
    'model.generator.filters=4', 'model.discriminator.filters=4', 'model.generator.residual_blocks=1',
  ];
  const run = await rig.run(['run', ...args]);
  assert.is(run.code, 0, run.stderr);
  const { stages } = JSON.parse(rig.read('runs/latest/run.json')) as { stages: Record<string, { state: string }> };
  assert.equal(Object.entries(stages).map(([name, { state }]) => `${name} ${state}`), ['fetch done', 'resize done', 'flip done', 'normalize done', 'train done', 'evaluate done']);
  const changed = await rig.run(['plan', ...args, 'loss.weights.cycle=5']);
  assert.is(changed.code, 2);
  assert.match(changed.stdout, /normalize +cached/);
  assert.match(changed.stdout, /train +run +.*loss\.weights\.cycle.*10 → 5/);
});

test('plan and why load neither TensorFlow nor sharp', async ({ rig }) => {
  rig.write('trace.mjs', "import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);\n");
  rig.write('hooks.mjs', [
    "import { appendFileSync } from 'node:fs';",
    'export async function resolve(specifier, context, next) {',
    '  const found = await next(specifier, context);',
    "  appendFileSync(new URL('loaded.txt', import.meta.url), found.url + '\\n');",
    '  return found;',
    '}',
  ].join('\n'));
  for (const [verb, code] of [['plan', 2], ['why', 0]] as const) {
    const asked = await rig.run([verb, config('quickstart'), ...small], { env: { NODE_OPTIONS: `--import ${rig.path('trace.mjs')}` } });
    assert.is(asked.code, code, asked.stderr);
  }
  const loaded = readFileSync(rig.path('loaded.txt'), 'utf8').split('\n');
  assert.ok(loaded.some((url) => url.includes('/dist/')));
  assert.equal(loaded.filter((url) => /@tensorflow|node_modules\/sharp|execa|cli-progress/.test(url)), []);
});

test.run();
