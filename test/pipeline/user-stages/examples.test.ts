// The worked examples by the built command, in a fresh folder to which they were copied, as docs/user-stages.md shows them.
import { cpSync, readFileSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rig } from '../../helpers/rig.ts';
import { findPython } from '../../stages/find-python.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const python = findPython('numpy');

const test = suite<{ rig: Rig }>('user stages: examples');
test.before.each((context) => {
  context.rig = new Rig();
  cpSync(`${root}/configs/examples`, context.rig.path('mine'), { recursive: true });
});
test.after.each(({ rig }) => rig.cleanup());

test('the TypeScript one runs, its second run has nothing to do, and a module of it that changed is the reason', async ({ rig }) => {
  const run = await rig.run(['run', 'mine/luminance-histogram.yaml']);
  assert.is(run.code, 0, run.stderr);
  const histograms = JSON.parse(rig.read('runs/latest/histogram.json')) as Readonly<Record<'A' | 'B', readonly number[]>>;
  for (const counts of Object.values(histograms)) assert.is(counts.reduce((sum, count) => sum + count), 20 * 32 * 32);
  assert.match(rig.read('runs/latest/histogram.csv'), /^from,A,B\n-1,\d+,\d+\n/);
  assert.match((await rig.run(['run', 'mine/luminance-histogram.yaml'])).stderr, /nothing to do/);
  rig.write('mine/read-npy.ts', `${rig.read('mine/read-npy.ts')}// changed\n`);
  const plan = await rig.run(['plan', 'mine/luminance-histogram.yaml']);
  assert.match(plan.stdout, /normalize +cached[^]*histogram +run .*\.\/read-npy\.ts changed/);
  const wrong = await rig.run(['plan', 'mine/luminance-histogram.yaml', 'stages.histogram.from=synthesize']);
  assert.match(wrong.stderr, /histogram reads from synthesize, which makes images/);
});

test('the Python one runs, and a change of its program is the reason to run it again', async ({ rig }) => {
  if (python === undefined) return console.log('skipped: no Python with numpy; GIVERNY_TEST_PYTHON names one');
  const env = { PATH: `${dirname(python)}:${process.env['PATH']}` };
  const run = await rig.run(['run', 'mine/colour-statistics.yaml'], { env });
  assert.is(run.code, 0, run.stderr);
  const shown = await rig.run(['show', 'latest', 'statistics', '--json']);
  const [file] = (JSON.parse(shown.stdout) as { files: readonly { location: string }[] }).files;
  const { A } = JSON.parse(readFileSync(file!.location, 'utf8')) as { A: { images: number; mean: readonly number[] } };
  assert.equal([A.images, A.mean.length], [20, 3]);
  rig.write('mine/colour_statistics.py', `${rig.read('mine/colour_statistics.py')}# changed\n`);
  assert.match((await rig.run(['plan', 'mine/colour-statistics.yaml'], { env })).stdout, /statistics +run .*colour_statistics\.py changed/);
});

test('a stage with an engine is given tfjs on the engine that the plan chose', async ({ rig }) => {
  rig.write('sum.mjs', `import { defineStage } from 'giverny';
import { writeFile } from 'node:fs/promises';
export default defineStage({
  engine: true,
  outputs: [{ path: 'sum.txt', kind: 'reproducible', inRunFolder: true }],
  async run({ tf, engine, out }) {
    const sum = tf.tidy(() => tf.sum(tf.square(tf.range(0, 5))));
    await writeFile(out + '/sum.txt', [tf.getBackend(), engine.backend, (await sum.data())[0]].join(' '));
  },
});
`);
  rig.write('sum.yaml', 'engine: wasm\nstages:\n  sum: { uses: ./sum.mjs }\n');
  const run = await rig.run(['run', 'sum.yaml']);
  assert.is(run.code, 0, run.stderr);
  assert.is(rig.read('runs/latest/sum.txt'), 'wasm wasm 30');
});

test('JavaScript, CommonJS and import.meta mean what they mean in Node; what it prints goes to its log', async ({ rig }) => {
  rig.write('lib/where.mjs', "export const here = [import.meta.url, import.meta.dirname].join(' ');\n");
  rig.write('stage.mjs', "import { writeFile } from 'node:fs/promises';\nimport { here } from './lib/where.mjs';\nexport const stage = { outputs: [{ path: 'o', kind: 'record', inRunFolder: true }], load: async () => ({ async run({ out }) { console.log('printed'); await writeFile(out + '/o', here); } }) };\n");
  rig.write('old.cjs', "const { writeFileSync } = require('node:fs');\nmodule.exports = { outputs: [{ path: 'p', kind: 'reproducible', inRunFolder: true }], async run({ inputs, out }) { writeFileSync(out + '/p', String(inputs.length)); } };\n");
  rig.write('both.yaml', 'stages:\n  new: { uses: ./stage.mjs }\n  old: { uses: ./old.cjs, from: new }\n');
  const run = await rig.run(['run', 'both.yaml', '--json']);
  assert.is(run.code, 0, run.stderr);
  assert.match(rig.read('runs/latest/o'), /^file:\/\/\/.*\/lib\/where\.mjs \/.*\/lib$/);
  assert.is(rig.read('runs/latest/p'), '1');
  assert.match(rig.read('runs/latest/logs/new.log'), /printed/);
  for (const line of run.stdout.trimEnd().split('\n')) JSON.parse(line);
});

test('Ctrl-C ends a stage that hears nothing, and the same command runs it again', async ({ rig }) => {
  rig.write('stage.js', "export default { outputs: [{ path: 'o', kind: 'record' }], run() { console.log('busy'); for (const end = Date.now() + 60_000; Date.now() < end;); } };\n");
  rig.write('package.json', '{ "type": "module" }');
  rig.write('busy.yaml', 'stages:\n  busy: { uses: ./stage.js }\n');
  const running = rig.start(['run', 'busy.yaml']);
  await running.printed(/busy: running/);
  running.process.kill('SIGINT');
  assert.is((await running.finished).code, 130);
  assert.equal(readdirSync(rig.path('.giverny/work')), []);
});

test('one that keeps checkpoints is stopped by Ctrl-C and goes on from there', async ({ rig }) => {
  const page = readFileSync(`${root}/docs/user-stages.md`, 'utf8');
  const source = page.split('```ts\n').map((part) => part.split('```')[0]!).find((part) => part.includes('trajectory: {}'))!;
  rig.write('count.ts', source);
  rig.write('count.yaml', 'stages:\n  count: { uses: ./count.ts, to: 60 }\n');
  const running = rig.start(['run', 'count.yaml', '--json']);
  await running.printed(/stage-progress/);
  running.process.kill('SIGINT');
  assert.is((await running.finished).code, 130);
  assert.match((await rig.run(['plan', 'count.yaml'])).stdout, /continues from a checkpoint/);
  const again = await rig.run(['run', 'count.yaml']);
  assert.is(again.code, 0, again.stderr);
  assert.is(rig.read('runs/latest/count'), '60');
  assert.match(rig.read('runs/latest/logs/count.log'), /from 0\n[^]*from [1-9]/);
});

test('a config without such a stage loads nothing of what reads them', async ({ rig }) => {
  rig.write('trace.mjs', "import { register } from 'node:module';\nregister('./hooks.mjs', import.meta.url);\n");
  rig.write('hooks.mjs', "import { appendFileSync } from 'node:fs';\nexport async function resolve(specifier, context, next) {\n  const found = await next(specifier, context);\n  appendFileSync(new URL('loaded.txt', import.meta.url), found.url + '\\n');\n  return found;\n}\n");
  rig.write('plain.yaml', "stages:\n  one: { uses: command, run: 'echo > o', outputs: [o] }\n");
  const env = { NODE_OPTIONS: `--import ${rig.path('trace.mjs')}` };
  const loaded = async (config: string): Promise<readonly string[]> => {
    // A checkout whose build is stale is built first, with esbuild.
    await rig.run(['plan', config]);
    rig.write('loaded.txt', '');
    await rig.run(['plan', config], { env });
    return rig.read('loaded.txt').split('\n').filter((url) => /node_modules\/(esbuild|ajv|execa|sharp|@tensorflow)\/|\/apart\//.test(url));
  };
  assert.equal(await loaded('plain.yaml'), []);
  assert.ok((await loaded('mine/luminance-histogram.yaml')).some((url) => url.includes('node_modules/esbuild')));
});

test.run();
