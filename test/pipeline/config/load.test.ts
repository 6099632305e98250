import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../../pipeline/config/config.ts';
import { readConfig } from '../../../pipeline/config/read/extends.ts';
import { formatYaml } from '../../../pipeline/config/format-yaml.ts';
import { loadConfig, resolveConfig } from '../../../pipeline/config/load.ts';
import type { Json } from '../../../pipeline/stage.ts';
import { randomJson } from './random-json.ts';
import type { ConfigFolder } from './small-catalog.ts';
import { catalog, chapter, configFolder } from './small-catalog.ts';
import { assertSame } from '../../helpers/assert-same.ts';

let folder: ConfigFolder;
test.before(async () => {
  folder = await configFolder();
  await folder.write('chapter.yaml', chapter);
});
test.after(() => folder.remove());

async function load(name: string, ...overrides: readonly string[]): Promise<Config> {
  const config = await loadConfig(name, overrides, catalog, folder.path);
  if (!config.ok) throw new Error(`${config.failure.message} (${JSON.stringify(config.failure.where)})`);
  return config.value;
}

const paramsOf = (config: Config, name: string) => config.stages.find((stage) => stage.name === name)!.prepared.params as Record<string, Json>;

/** What two loads of one config have in common: all but where it was written and what was said about it. */
const essence = ({ name, seed, engine, stages, resolved }: Config) => ({
  name,
  seed,
  engine,
  resolved,
  stages: stages.map((stage) => ({ name: stage.name, uses: stage.definition.uses, from: stage.from, prepared: stage.prepared })),
});

test('a config is checked, filled with defaults and prepared', async () => {
  const config = await load('chapter.yaml');
  assert.equal([config.name, config.seed, config.engine, config.file], ['chapter', 1, { backend: 'auto' }, join(folder.path, 'chapter.yaml')]);
  assert.equal(config.stages.map(({ name, from }) => [name, from]), [['fetch', []], ['resize', ['fetch']], ['flip', ['resize']], ['train', ['flip']], ['evaluate', ['train', 'flip']]]);
  assert.equal(paramsOf(config, 'train')['loss'], { weights: { cycle: [10, 10], identity: [1, 1], adversarial: [1, 1] } });
  assert.equal(paramsOf(config, 'train')['model'], { filters: 8 });
  assert.is(paramsOf(config, 'fetch')['url'], join(folder.path, 'data/monet.zip'));
  assert.equal(config.stages[0]!.where?.line, 10);
  assert.equal(config.warnings, []);
});

test('false removes an inherited stage, and a later layer may put another in its place', async () => {
  const names = (config: Config) => config.stages.map(({ name }) => name);
  await folder.write('short.yaml', 'extends: chapter.yaml\nstages: { evaluate: false }\n');
  assert.equal(names(await load('short.yaml')), ['fetch', 'resize', 'flip', 'train']);
  assert.equal(names(await load('chapter.yaml', 'stages.evaluate=false')), ['fetch', 'resize', 'flip', 'train']);
  assert.equal(names(await load('short.yaml', 'stages.evaluate={ from: [train, flip] }')), ['fetch', 'resize', 'flip', 'train', 'evaluate']);
});

test('name is the stem of the file and seed is 1 where they are not given; both can be referred to', async () => {
  await folder.write('my run (2).yaml', 'stages:\n  command: { run: "echo ${name} ${seed}" }\n');
  const config = await load('my run (2).yaml');
  assert.equal([config.name, config.seed, paramsOf(config, 'command')['run']], ['my-run-2-', 1, 'echo my-run-2- 1']);
});

test('seed 0 and the largest seed are seeds', async () => {
  assert.is((await load('chapter.yaml', 'seed=0')).seed, 0);
  assert.is((await load('chapter.yaml', 'seed=4294967295')).seed, 4294967295);
});

test('engine in all its forms', async () => {
  assert.equal((await load('chapter.yaml', 'engine=wasm')).engine, { backend: 'wasm' });
  assert.equal((await load('chapter.yaml', 'engine.threads=2')).engine, { backend: 'auto', threads: 2 });
  assert.equal((await load('chapter.yaml', 'engine={backend: tensorflow, device: gpu:0}')).engine, { backend: 'tensorflow', device: 'gpu:0' });
  await folder.write('engine.yaml', `vars: { backend: wasm }\nengine: \${vars.backend}\nstages: { picky: }\n`);
  assert.equal((await load('engine.yaml')).engine, { backend: 'wasm' });
});

test('a config from a folder that it was resolved in loads as the same from any other', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomJson(seed);
    const chance = random.pick([{ kind: 'constant' }, { kind: 'linear', decay_epochs: random.integer(1, 9) }] as const);
    const pair = () => random.pick([random.integer(0, 20), [random.integer(0, 2), random.integer(0, 2)]]);
    const overrides = [
      `seed=${random.integer(0, 2 ** 31)}`,
      `loss.weights.cycle=${JSON.stringify(pair())}`,
      `stages.train.loss.weights.identity=${JSON.stringify(pair())}`,
      `stages.train.schedule=${JSON.stringify(chance)}`,
      `stages.resize.size=${JSON.stringify(random.pick([64, [64, 64], [64, 128]]))}`,
      `stages.fetch.url=${JSON.stringify(random.pick(['data.zip', './a b', '/abs/x', 'https://x.org/a.zip']))}`,
      `stages.say=${JSON.stringify({ uses: 'command', from: random.pick(['fetch', ['fetch', 'flip']]), run: escapedForConfig(random.text()), inputs: [escapedForConfig(random.text())] })}`,
      `engine=${JSON.stringify(random.pick(['auto', { backend: 'wasm', threads: 2 }]))}`,
      `description=${JSON.stringify(escapedForConfig(random.text()))}`,
    ].filter(() => random.integer(0, 3) > 0);
    const first = await load('chapter.yaml', ...overrides);
    await folder.write('elsewhere/deep/config.yaml', `# giverny run\n${formatYaml(first.resolved)}`);
    const again = await load('elsewhere/deep/config.yaml');
    assertSame(essence(again), essence(first), `seed ${seed}: ${overrides.join(' ')}`);
    assert.equal(again.warnings, [], 'a resolved config has nothing to warn of');
  }
});

/** Random texts hold things that look like references: here they are meant as text. */
const escapedForConfig = (text: string): string => text.replaceAll(/(\\*)\$\{/g, '$1$1\\${');

test('a resolved config has no references, every default and absolute paths; an equal pair of weights is one number', async () => {
  const { resolved } = await load('chapter.yaml', 'stages.train.loss.weights.identity=[1,2]', 'stages.resize.size=[64,64]');
  const stages = (resolved as { stages: Record<string, Record<string, Json>> }).stages;
  assert.equal(stages['train']!['loss'], { weights: { cycle: 10, identity: [1, 2], adversarial: 1 } });
  assert.equal(stages['resize']!['size'], [64, 64]);
  assert.is(stages['fetch']!['url'], join(folder.path, 'data/monet.zip'));
  assert.is(stages['flip']!['probability'], 0.5);
});

test('a relative path is relative to the file in which it stands, in an override to the current folder', async () => {
  await folder.write('base/data.yaml', 'vars: { root: ../pictures }\nstages: { fetch: { url: "${vars.root}/a.zip" } }\n');
  await folder.write('over.yaml', 'extends: base/data.yaml\n');
  const urlOf = async (...overrides: readonly string[]) => paramsOf(await load('over.yaml', ...overrides), 'fetch')['url'];
  assert.is(await urlOf(), join(folder.path, 'pictures/a.zip'));
  assert.is(await urlOf('stages.fetch.url=x.zip'), join(folder.path, 'x.zip'));
  assert.is(await urlOf('vars.root=./mine'), join(folder.path, 'mine/a.zip'));
});

test('a sha256 goes with the url beside which it was written', async () => {
  const digest = 'b'.repeat(64);
  await folder.write('data.yaml', `vars: { mirror: m.zip }\nstages: { fetch: { url: a.zip, sha256: ${digest} } }\n`);
  await folder.write('mirror.yaml', 'extends: data.yaml\nstages: { fetch: { url: other.zip } }\n');
  await folder.write('by-reference.yaml', 'extends: data.yaml\nstages: { fetch: { url: "${vars.mirror}" } }\n');
  await folder.write('both.yaml', `extends: data.yaml\nstages: { fetch: { url: other.zip, sha256: ${'c'.repeat(64)} } }\n`);
  const digestOf = async (name: string, ...overrides: readonly string[]) => {
    const config = await load(name, ...overrides);
    const dropped = config.warnings.some((line) => line.includes('sha256') && line.includes('dropped'));
    assert.is('sha256' in ((config.resolved as { stages: { fetch: object } }).stages.fetch), !dropped);
    return paramsOf(config, 'fetch')['sha256'];
  };
  assert.is(await digestOf('data.yaml'), digest);
  assert.is(await digestOf('data.yaml', 'stages.fetch.url=b.zip'), undefined);
  assert.is(await digestOf('data.yaml', 'stages.fetch.url=b.zip', `stages.fetch.sha256=${digest}`), digest);
  assert.is(await digestOf('data.yaml', `stages.fetch.sha256=${'c'.repeat(64)}`), 'c'.repeat(64));
  assert.is(await digestOf('mirror.yaml'), undefined);
  assert.is(await digestOf('by-reference.yaml'), undefined);
  assert.is(await digestOf('both.yaml'), 'c'.repeat(64));
  assert.is(await digestOf('both.yaml', 'seed=3'), 'c'.repeat(64));
});

test('a section that nothing refers to is warned of', async () => {
  await folder.write('unused.yaml', 'model: { filters: 8 }\nvars: { x: 1 }\nstages: { picky: }\n');
  const { warnings } = await load('unused.yaml');
  assert.is(warnings.length, 2);
  assert.match(warnings[0]!, /^model \(unused\.yaml:1:1\) is used by nothing/);
  assert.match(warnings[1]!, /^vars \(unused\.yaml:2:1\) is used by nothing/);
});

test('uses says what a stage of another name is', async () => {
  await folder.write('uses.yaml', 'stages:\n  data: { uses: fetch, url: x }\n  small: { uses: resize, from: data }\n  large: { uses: resize, from: data, size: 256 }\n');
  const config = await load('uses.yaml');
  assert.equal(config.stages.map(({ name, definition }) => [name, definition.uses]), [['data', 'fetch'], ['small', 'resize'], ['large', 'resize']]);
  assert.equal(Object.keys((config.resolved as { stages: { small: object } }).stages.small), ['uses', 'from', 'size']);
});

test('a failure of prepare names the stage and its place', async () => {
  const config = await loadConfig('chapter.yaml', ['stages.picky={number: 7}'], catalog, folder.path);
  assert.not(config.ok);
  if (!config.ok) assert.equal([config.failure.stage, config.failure.where?.text], ['picky', 'stages.picky={number: 7}']);
});

test('a document that was read once serves any number of overrides, and none leaves a trace', async () => {
  const document = await readConfig(join(folder.path, 'chapter.yaml'));
  if (!document.ok) throw new Error(document.failure.message);
  const resolvedWith = async (...overrides: readonly string[]) => {
    const loaded = await resolveConfig(document.value, overrides, catalog, folder.path);
    if (!loaded.ok) throw new Error(loaded.failure.message);
    return loaded.value.config.resolved;
  };
  const before = await resolvedWith();
  for (let trial = 0; trial < 50; trial++) await resolvedWith(`loss.weights.cycle=${trial}`, `stages.train.optimizer.learning_rate=${1 / (trial + 1)}`);
  assert.equal(await resolvedWith(), before);
});

test.run();
