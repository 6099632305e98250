import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { failed, ok } from '../../../../pipeline/failure.ts';
import { readOutside } from '../../../../pipeline/plan/outside.ts';
import type { FoundRun, ParameterPlaces } from '../../../../pipeline/stage.ts';
import { createNetworks, networkNames } from '../../../../stages/model/networks.ts';
import { saveModel } from '../../../../stages/model/saved-model.ts';
import { resolveModel } from '../../../../stages/model/schema.ts';
import type { ModelParams } from '../../../../stages/model/schema.ts';
import { prepareInitFrom } from '../../../../stages/train/init-from/prepare.ts';
import { readInitialNetworks } from '../../../../stages/train/init-from/read.ts';
import { networkWeights } from '../../../../stages/model/network-weights.ts';
import { testEngine } from '../../../helpers/test-engine.ts';
import { failureOf, valueOf } from '../tiny-training.ts';

const tf = (await testEngine('wasm'))!;
const test = suite<{ folder: string }>('init_from');

const model: ModelParams = { generator: { filters: 2, residual_blocks: 1 }, discriminator: { filters: 2, strides: [2, 2] } };
const where = { file: '/project/tune.yaml', line: 7, column: 16 };

function placesIn(folder: string, runs: readonly FoundRun[] = []): ParameterPlaces {
  return {
    where: () => where, resolvePath: (_, value) => join(folder, value), writtenTogether: () => true,
    findRun: (_, name) => {
      const run = runs.find((each) => each.run === name);
      return run === undefined ? failed('run-not-found', `there is no run ${name}`, { where }) : ok(run);
    },
  };
}

const networksOf = (params: ModelParams, seed: number, height = 16) => valueOf(createNetworks(tf, resolveModel(params), [height, 16, 3], seed));

async function save(folder: string, params: ModelParams = model, { seed = 1, names = networkNames, height = 16 }: { seed?: number; names?: readonly (typeof networkNames)[number][]; height?: number } = {}) {
  const networks = networksOf(params, seed, height);
  for (const name of names) {
    const { modelJson, weights } = await saveModel(tf, networks[name]);
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'model.json'), modelJson);
    await writeFile(join(folder, name, 'weights.bin'), weights);
  }
  return networks;
}

const weightsOf = (networks: ReturnType<typeof networksOf>) =>
  networkNames.flatMap((name) => [...networkWeights(networks[name])].map(([path, variable]) => [path, [...variable.dataSync()]] as const));

test.before.each(async (context) => { context.folder = await mkdtemp(join(tmpdir(), 'giverny-init-')); });
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

test("a run's folder, its models folder and its name are the same networks, with the same digest", async ({ folder }) => {
  await save(join(folder, 'base', 'models'));
  await save(join(folder, 'base', 'models', 'epoch-0001'), model, { seed: 2 });
  const places = placesIn(folder, [{ run: 'base-123', folder: join(folder, 'base'), state: 'done' }]);
  const prepared = ['./base', './base/models', 'base-123', './base/'].map((value) => valueOf(prepareInitFrom(value, resolveModel(model), places)));
  for (const each of prepared) assert.is(each.folder, prepared[0]!.folder);
  const digest = async () => valueOf(await readOutside(valueOf(prepareInitFrom('./base', resolveModel(model), places)).outside[0]!)).digest;
  const before = await digest();
  await rename(join(folder, 'base', 'models', 'epoch-0001'), join(folder, 'base', 'models', 'epoch-0002'));
  assert.is(await digest(), before, 'what else lies there does not matter');
  await save(join(folder, 'base', 'models'), model, { seed: 3 });
  assert.is.not(await digest(), before);
});

test('a link is followed at once: runs/latest leads elsewhere as soon as the next run starts', async ({ folder }) => {
  await save(join(folder, 'runs', 'base-1', 'models'));
  await symlink('base-1', join(folder, 'runs', 'latest'));
  const { folder: found } = valueOf(prepareInitFrom('./runs/latest', resolveModel(model), placesIn(folder)));
  assert.ok(found.endsWith(join('runs', 'base-1', 'models')), found);
});

test('without trained networks: how the run stands, and what to do', async ({ folder }) => {
  await mkdir(join(folder, 'base', 'models'), { recursive: true });
  const run = (state: FoundRun['state']) => placesIn(folder, [{ run: 'base-1', folder: join(folder, 'base'), state }]);
  const failure = failureOf(prepareInitFrom('base-1', resolveModel(model), run('interrupted')));
  assert.is(failure.code, 'train-init-missing');
  assert.equal(failure.where, where);
  assert.match(failure.message, 'base-1 has no trained networks: it was interrupted');
  assert.match(failure.hint!, 'config.yaml continues it');
  await save(join(folder, 'base', 'models', 'epoch-0050'));
  assert.match(failureOf(prepareInitFrom('base-1', resolveModel(model), run('running'))).hint!, join('models', 'epoch-0050'));
  for (const epoch of ['9999', '10000']) await save(join(folder, 'base', 'models', `epoch-${epoch}`));
  assert.match(failureOf(prepareInitFrom('base-1', resolveModel(model), run('running'))).hint!, join('models', 'epoch-10000'));
  assert.ok(prepareInitFrom('./base/models/epoch-0050', resolveModel(model), run('running')).ok);
  assert.is(failureOf(prepareInitFrom('other', resolveModel(model), run('done'))).code, 'run-not-found');
  assert.match(failureOf(prepareInitFrom('./nowhere', resolveModel(model), run('done'))).message, 'does not exist');
});

const others: readonly [path: string, params: ModelParams][] = [
  ['generator.filters', { ...model, generator: { ...model.generator, filters: 4 } }],
  ['generator.residual_blocks', { ...model, generator: { ...model.generator, residual_blocks: 2 } }],
  ['generator.norm', { ...model, generator: { ...model.generator, norm: 'channel' } }],
  ['generator.norm.affine', { ...model, generator: { ...model.generator, norm: { kind: 'row', affine: false } } }],
  ['generator.residual_norm', { ...model, generator: { ...model.generator, residual_norm: 'row' } }],
  ['generator.use_bias', { ...model, generator: { ...model.generator, use_bias: false } }],
  ['generator.transposed_use_bias', { ...model, generator: { ...model.generator, transposed_use_bias: true } }],
  ['discriminator.filters', { ...model, discriminator: { ...model.discriminator, filters: 4 } }],
  ['discriminator.strides', { ...model, discriminator: { ...model.discriminator, strides: [2, 1] } }],
  ['discriminator.norm', { ...model, discriminator: { ...model.discriminator, norm: 'batch' } }],
  ['discriminator.use_bias', { ...model, discriminator: { ...model.discriminator, use_bias: false } }],
];

test('networks of another form are refused before anything runs, by the name that the config has for it', async ({ folder }) => {
  const places = placesIn(folder);
  for (const [path, params] of others) {
    await save(join(folder, path), params);
    assert.ok(prepareInitFrom(`./${path}`, resolveModel(params), places).ok, `${path}: networks fit their own config`);
    const failure = failureOf(prepareInitFrom(`./${path}`, resolveModel(model), places));
    assert.is(failure.code, 'train-init-mismatch');
    assert.match(failure.message, new RegExp(`has model\\.${path.replaceAll('.', '\\.')} `), failure.message);
    assert.equal(failure.where, where);
  }
  const recipe: ModelParams = { ...model, generator: { ...model.generator, padding: 'reflect', output: 'linear' }, discriminator: { ...model.discriminator, output: 'linear' } };
  await save(join(folder, 'recipe'), recipe);
  assert.ok(prepareInitFrom('./recipe', resolveModel(model), places).ok, 'padding and activations have no weights');
});

test('every weight is taken, moving statistics too, and no tensor is left behind', async ({ folder }) => {
  const source = await save(folder, model, { seed: 1 });
  const networks = networksOf(model, 2);
  assert.is.not(JSON.stringify(weightsOf(networks)), JSON.stringify(weightsOf(source)));
  const before = tf.memory().numTensors;
  assert.equal(valueOf(await readInitialNetworks(folder, networks, tf)), networkNames);
  assert.is(tf.memory().numTensors, before);
  assert.equal(weightsOf(networks), weightsOf(source));
});

test('the bytes that are read are held against those of the plan: another training, a missing network, an added one', async ({ folder }) => {
  await save(folder, model, { seed: 1 });
  const { outside: [input] } = valueOf(prepareInitFrom('.', resolveModel(model), placesIn(folder)));
  const { files } = valueOf(await readOutside(input!));
  const networks = networksOf(model, 2);
  const before = JSON.stringify(weightsOf(networks));
  await save(folder, model, { seed: 3, names: ['discriminatorB'] });
  const failure = failureOf(await readInitialNetworks(folder, networks, tf, files));
  assert.is(failure.code, 'train-init-damaged');
  assert.match(failure.message, join('discriminatorB', 'weights.bin') + ' changed after the plan was made');
  await rm(join(folder, 'discriminatorB'), { recursive: true });
  assert.is(failureOf(await readInitialNetworks(folder, networks, tf, files)).code, 'train-init-damaged', 'not the generators alone');
  assert.is(JSON.stringify(weightsOf(networks)), before);
  const { outside: [generators] } = valueOf(prepareInitFrom('.', resolveModel(model), placesIn(folder)));
  const planned = valueOf(await readOutside(generators!)).files;
  await save(folder, model, { seed: 3, names: ['discriminatorB'] });
  assert.equal(valueOf(await readInitialNetworks(folder, networks, tf, planned)), ['generatorAToB', 'generatorBToA'], 'only what was planned');
});

test('generators alone are enough: the discriminators stay as the seed drew them', async ({ folder }) => {
  const source = await save(folder, model, { names: ['generatorAToB', 'generatorBToA', 'discriminatorA'] });
  const { outside } = valueOf(prepareInitFrom('.', resolveModel(model), placesIn(folder)));
  assert.is(outside[0]!.only!.length, 4);
  const [networks, fresh] = [networksOf(model, 2), networksOf(model, 2)];
  valueOf(await readInitialNetworks(folder, networks, tf));
  const [all, drawn, taken] = [weightsOf(networks), weightsOf(fresh), weightsOf(source)];
  for (const [index, [path, values]] of all.entries()) assert.equal(values, (path.startsWith('generator') ? taken : drawn)[index]![1], path);
});

test('what does not fit names the first weight that differs and changes nothing', async ({ folder }) => {
  await save(folder, model, { height: 20 });
  const networks = networksOf(model, 2);
  const before = JSON.stringify(weightsOf(networks));
  const failure = failureOf(await readInitialNetworks(folder, networks, tf));
  assert.is(failure.code, 'train-init-mismatch');
  assert.match(failure.message, /generatorAToB: its c7s1_2_norm\/gamma is 20, and this config's 16/);
  await save(folder, model);
  await writeFile(join(folder, 'discriminatorB', 'weights.bin'), new Uint8Array(8));
  assert.match(failureOf(await readInitialNetworks(folder, networks, tf)).message, 'weights.bin has 8');
  await writeFile(join(folder, 'discriminatorB', 'model.json'), '{}');
  assert.is(failureOf(await readInitialNetworks(folder, networks, tf)).code, 'train-init-damaged');
  assert.is(failureOf(prepareInitFrom('.', resolveModel(model), placesIn(folder))).code, 'train-init-damaged');
  await rm(join(folder, 'generatorBToA'), { recursive: true });
  assert.is(failureOf(await readInitialNetworks(folder, networks, tf)).code, 'train-init-damaged');
  assert.is(JSON.stringify(weightsOf(networks)), before);
});

test.run();
