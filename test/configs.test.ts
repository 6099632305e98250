// Every config that we ship loads with the real stages, opens with how to run it, and says what is public of the data sets.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../pipeline/config/config.ts';
import { loadConfig } from '../pipeline/config/load.ts';
import { catalog } from '../stages/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// Sweeps and executors are no configs: test/pipeline/sweep has theirs.
const files = readdirSync(`${root}/configs`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml') && !/^(sweeps|executors)[\\/]/.test(name)).sort();
const publicSets = [
  'apple2orange', 'cezanne2photo', 'facades', 'horse2zebra', 'iphone2dslr_flower', 'maps', 'monet2photo', 'monet2photo-paper',
  'summer2winter_yosemite', 'ukiyoe2photo', 'vangogh2photo',
];

async function load(name: string, overrides: readonly string[] = []): Promise<Config> {
  const config = await loadConfig(name, overrides, catalog, root);
  if (!config.ok) throw new Error(`${name}: ${config.failure.message} ${JSON.stringify(config.failure.where)}`);
  return config.value;
}

const paramsOf = (config: Config, stage: string) =>
  config.stages.find(({ name }) => name === stage)?.prepared.params as Readonly<Record<string, unknown>>;

test('there is a config for the quickstart and for every public data set', () => {
  for (const name of ['quickstart', 'your-own-folders', ...publicSets]) assert.ok(files.includes(`${name}.yaml`), name);
});

for (const name of files) {
  test(`${name} loads without a warning and begins with its command`, async () => {
    const config = await load(`configs/${name}`);
    assert.equal(config.warnings, []);
    assert.is(config.name, basename(name, '.yaml'));
    assert.match(readFileSync(`${root}/configs/${name}`, 'utf8'), `# giverny run configs/${name}`);
  });
}

test('every download is checked by a digest of its own', async () => {
  const digests = new Map<string, unknown>();
  for (const name of publicSets) {
    const { url, sha256 } = paramsOf(await load(`configs/${name}.yaml`), 'fetch');
    assert.match(String(sha256), /^[0-9a-f]{64}$/);
    digests.set(String(url), sha256);
  }
  assert.is(digests.size, 10);
  assert.is(new Set(digests.values()).size, 10);
});

test('monet2photo is the chapter', async () => {
  const config = await load('configs/monet2photo.yaml');
  assert.equal(config.stages.map(({ name }) => name), ['fetch', 'resize', 'flip', 'normalize', 'train', 'evaluate']);
  const { splits } = paramsOf(config, 'fetch');
  assert.equal(splits, { train: { A: 'testA', B: 'testB' }, test: { A: 'trainA', B: 'trainB' } });
  const { epochs, batch_size, pairing, sample_every, samples, loss } = paramsOf(config, 'train');
  assert.equal({ epochs, batch_size, pairing, sample_every, samples }, { epochs: 500, batch_size: 1, pairing: 'in_order', sample_every: 10, samples: 2 });
  assert.equal((loss as { weights: unknown }).weights, { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] });
});

test('what monet2photo says of training are the defaults, but for the images that it samples', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-configs-'));
  try {
    writeFileSync(join(folder, 'defaults.yaml'), 'stages:\n  synthesize:\n  normalize: { from: synthesize }\n  train: { from: normalize }\n');
    const defaults = await load(join(folder, 'defaults.yaml'));
    assert.equal(paramsOf(await load('configs/monet2photo.yaml'), 'train'), { ...paramsOf(defaults, 'train'), sample_split: 'train' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a number on the command line reaches the stage', async () => {
  const config = await load('configs/monet2photo-paper.yaml', ['stages.resize.size=143', 'stages.train.augment.crop=128', 'model.generator.residual_blocks=6']);
  const { model, augment } = paramsOf(config, 'train') as { model: { generator: { residual_blocks: number } }; augment: { crop: unknown } };
  assert.is(model.generator.residual_blocks, 6);
  assert.equal([augment.crop].flat(), [128, 128]);
});

test.run();
