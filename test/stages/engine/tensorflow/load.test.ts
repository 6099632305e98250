// A GPU that was chosen and is not there must not give way to the CPU unnoticed: the results would pass for the GPU's.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bindingFile, bindingPackage, installationFolder, libraryFolder, writeStamp } from '../../../../stages/engine/tensorflow/installation.ts';
import { loadTensorFlow, visibleDevice } from '../../../../stages/engine/tensorflow/load.ts';
import { recipeFor } from '../../../../stages/engine/tensorflow/recipe.ts';

interface Context {
  engines: string;
  environment: NodeJS.ProcessEnv;
}

const test = suite<Context>('load', { engines: '', environment: {} });
test.before.each((context) => {
  context.environment = { ...process.env };
  process.env['GIVERNY_ENGINE_DIR'] = context.engines = mkdtempSync(join(tmpdir(), 'giverny-load-'));
});
test.after.each(({ engines, environment }) => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  rmSync(engines, { recursive: true, force: true });
});

const recipe = recipeFor(process.platform, process.arch, 'cuda');

/** An installation as the stamp knows it; its package says of itself only what TensorFlow would. */
function pretend(isUsingGpuDevice: boolean): void {
  const folder = installationFolder(recipe!);
  const main = join(folder, bindingPackage, 'dist', 'index.js');
  for (const file of [main, join(folder, bindingFile), ...recipe!.libraries.map(({ file }) => join(folder, libraryFolder, file))]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `exports.backend = () => ({ isUsingGpuDevice: ${isUsingGpuDevice} });`);
  }
  writeFileSync(join(folder, bindingPackage, 'package.json'), '{"main":"dist/index.js"}');
  writeStamp(recipe!, folder, 'none');
}

if (!recipe) console.log('skipped, for there is no CUDA here: a GPU that is not there');
(recipe ? test : test.skip)('a GPU that is not there is a failure, not a CPU', async () => {
  pretend(false);
  process.env['CUDA_VISIBLE_DEVICES'] = '';
  const loaded = await loadTensorFlow({ backend: 'tensorflow', version: '2.21.0', device: 'gpu:0' });
  assert.ok(!loaded.ok);
  const { failure } = loaded as Extract<typeof loaded, { ok: false }>;
  assert.is(failure.code, 'engine-load-failed');
  assert.match(failure.message, 'gpu:0');
  assert.match(failure.hint!, 'CUDA_VISIBLE_DEVICES');
});

(recipe ? test : test.skip)('a GPU that is there is used, by its number among those that the user lets us see', async () => {
  pretend(true);
  process.env['CUDA_VISIBLE_DEVICES'] = '4,6';
  assert.ok((await loadTensorFlow({ backend: 'tensorflow', version: '2.21.0', device: 'gpu:1' })).ok);
  assert.is(process.env['CUDA_VISIBLE_DEVICES'], '6');
});

test('which device TensorFlow gets to see', () => {
  const seen = [['cpu', '0'], ['gpu:0', undefined], ['gpu:2', undefined], ['gpu:1', '4, MIG-a'], ['gpu:1', '4'], ['gpu:0', ''], ['gpu:0', '-1']] as const;
  assert.equal(seen.map(([device, inherited]) => visibleDevice(device, inherited)), ['-1', '0', '2', 'MIG-a', '-1', '-1', '-1']);
});

test.run();
