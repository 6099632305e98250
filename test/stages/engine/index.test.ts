// Both engines, really loaded: one tf object, one tfjs-core, and failures as values. TensorFlow in processes of its own, as it is used.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { engineFailures, loadEngine, selectEngine } from '../../../stages/engine/index.ts';
import { readInstallation } from '../../../stages/engine/tensorflow/installation.ts';
import { restoreRemovedUtilSource } from '../../../stages/engine/tensorflow/node-compatibility.ts';
import { recipeFor } from '../../../stages/engine/tensorflow/recipe.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function inOwnProcess(backend: 'tensorflow' | 'wasm', version: string): string {
  const script = `
    import { loadEngine } from './stages/engine/index.ts';
    const loaded = await loadEngine({ backend: '${backend}', version: '${version}', device: 'cpu', threads: 1 });
    if (!loaded.ok) throw new Error(loaded.failure.message);
    const { tf } = loaded.value;
    const model = tf.sequential({ layers: [tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 1], kernelInitializer: 'ones' })] });
    const x = tf.ones([1, 8, 8, 1]);
    const gradients = tf.variableGrads(() => tf.sum(model.apply(x)));
    console.log(JSON.stringify({ backend: tf.getBackend(), isTensor: x instanceof tf.Tensor, sum: tf.sum(model.predict(x)).dataSync()[0],
      gradient: Array.from(Object.values(gradients.grads)[0].dataSync()).slice(0, 2), threads: process.env.TF_NUM_INTRAOP_THREADS }));`;
  return execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

const expected = { isTensor: true, sum: 2 * 36 * 9, gradient: [36, 36] };

test('wasm: layers and core are one, and a convolution trains', () => {
  assert.equal(JSON.parse(inOwnProcess('wasm', '4.22.0')), { backend: 'wasm', ...expected });
});

const recipe = recipeFor(process.platform, process.arch, 'cpu');
const installed = recipe !== undefined && readInstallation(recipe).state === 'installed';
if (!installed) console.log('TensorFlow is not installed: its test is skipped (giverny engine install)');

(installed ? test : test.skip)('TensorFlow: the same, with the threads that were asked for', () => {
  assert.equal(JSON.parse(inOwnProcess('tensorflow', '2.21.0')), { backend: 'tensorflow', ...expected, threads: '1' });
});

test('an engine that is not there is a failure that names the mending command', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'giverny-engine-'));
  const before = process.env['GIVERNY_ENGINE_DIR'];
  process.env['GIVERNY_ENGINE_DIR'] = empty;
  try {
    const loaded = await loadEngine({ backend: 'tensorflow', version: '2.21.0', device: 'cpu' });
    assert.ok(!loaded.ok);
    const { failure } = loaded as Extract<typeof loaded, { ok: false }>;
    assert.is(failure.code, recipe ? 'engine-not-installed' : 'engine-unsupported-platform');
    assert.match(failure.hint!, recipe ? 'giverny engine install' : 'wasm');
  } finally {
    if (before === undefined) delete process.env['GIVERNY_ENGINE_DIR'];
    else process.env['GIVERNY_ENGINE_DIR'] = before;
    rmSync(empty, { recursive: true, force: true });
  }
});

test('the version of wasm that keys are made of is that of the packages, which no install can move', async () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly dependencies: Record<string, string> };
  const selected = await selectEngine({ backend: 'wasm' }, { provision: false, offline: true, stop: new AbortController().signal, say: () => undefined, progress: () => undefined });
  const tfjs = Object.keys(dependencies).filter((name) => name.startsWith('@tensorflow/'));
  assert.is(tfjs.length, 3);
  for (const name of tfjs) {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { readonly version: string };
    assert.equal([dependencies[name], selected.ok && selected.value.version], [version, version], name);
  }
  assert.match(dependencies['sharp']!, /^\d+\.\d+\.\d+$/, 'pixels are sharp’s');
});

test('the threads that the config asks for are in the selection, on every engine; none where it says nothing', async () => {
  const help = { provision: false, offline: true, stop: new AbortController().signal, say: () => undefined, progress: () => undefined };
  for (const backend of ['wasm', 'tensorflow'] as const) {
    if (backend === 'tensorflow' && !installed) continue;
    for (const threads of [3, undefined]) {
      const selected = await selectEngine({ backend, device: 'cpu', ...(threads && { threads }) }, help);
      assert.is(selected.ok && selected.value.threads, threads, backend);
    }
  }
});

test('more threads than wasm can have are said to be fewer, once', async () => {
  for (const [threads, lines] of [[8, []], [9, ['engine.threads 9: wasm takes 8, which is the most that it can']]] as const) {
    const said: string[] = [];
    const selected = await selectEngine({ backend: 'wasm', threads }, { provision: false, offline: true, stop: new AbortController().signal, say: (line) => said.push(line), progress: () => undefined });
    assert.equal([selected.ok && selected.value.threads, said], [8, lines]);
  }
});

test('every failure of the engine is documented', () => {
  for (const [code, { when }] of Object.entries(engineFailures)) assert.ok(code.startsWith('engine-') && when.endsWith('.'), code);
});

test('what Node 23 removed from util comes back', () => {
  const script = `const util = require('node:util'); delete util.isNullOrUndefined; delete util.isArray; ${restoreRemovedUtilSource}
    console.log(util.isNullOrUndefined(null), util.isNullOrUndefined(0), util.isArray([]), util.isArray({}));`;
  assert.is(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim(), 'true false true false');
});

test.run();
