// `giverny why CONFIG`: every kind of difference, with the product's own stages and configs, their outputs made up.
import { readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache } from '../../../pipeline/cache/cache.ts';
import { keyPath, layoutUnder, objectPath } from '../../../pipeline/cache/layout.ts';
import { randomStream } from '../../../stages/random.ts';
import { value } from '../cache/temporary-cache.ts';
import { placeOf, PretendedRuns } from './pretended-runs.ts';

const test = suite<{ project: PretendedRuns }>('giverny why');
test.before.each((context) => { context.project = new PretendedRuns(); });
test.after.each(({ project }) => project.rig.cleanup());

const study = readFileSync(fileURLToPath(new URL('../../../configs/monet2photo.yaml', import.meta.url)), 'utf8');

/** The shipped config with texts replaced, each of which it has once. */
const edited = (replacements: readonly (readonly [string, string])[]): string =>
  replacements.reduce((text, [from, to]) => {
    assert.is(text.split(from).length, 2, from);
    return text.replace(from, to);
  }, study);

test('a changed value is named with where it is written; an override, a default and the seed as well', async ({ project }) => {
  project.rig.write('study.yaml', study);
  const first = await project.pretend();
  const changed = edited([['cycle: [10, 10]', 'cycle: 5'], ['beta1: 0.5, ', ''], ['    batch_size: 1\n', ''], ['seed: 1', 'seed: 4']]);
  project.rig.write('study.yaml', changed);
  assert.equal(await project.differences('train', 'stages.train.epochs=2'), [
    `loss.weights.cycle 10 → 5 (${placeOf(changed, '5, identity')})`,
    'epochs 500 → 2 (command line: stages.train.epochs=2)',
    `seed 1 → 4 (${placeOf(changed, '4\nengine')})`,
  ].sort((left, right) => (left < right ? -1 : 1)).sort(bySeedLast));
  const [train] = await project.why('train');
  assert.is(train!.comparedWith?.run, first);
  project.rig.write('study.yaml', study.replace('beta1: 0.5', 'beta1: 0.9'));
  await project.pretend();
  project.rig.write('study.yaml', changed.replace('seed: 4', 'seed: 1').replace('cycle: 5', 'cycle: [10, 10]'));
  assert.equal(await project.why('train'), await project.why('train', 'stages.train.optimizer.beta1=0.5'), 'flipped back it is a hit');
  rmSync(keyPath(layoutUnder(project.rig.folder), (await project.why('train'))[0]!.key!));
  assert.equal(await project.differences('train'), ['optimizer.beta1 0.9 → 0.5 (default)']);
});

const bySeedLast = (left: string, right: string): number => Number(left.startsWith('seed')) - Number(right.startsWith('seed'));

test('versions of stages and of TensorFlow, the kind of engine, the device', async ({ project }) => {
  project.rig.write('study.yaml', study);
  await project.pretend();
  project.versions = { train: 99 };
  project.engine = { ...project.engine, version: '2.22.0' };
  const [train] = await project.why('train');
  assert.match(train!.differences!.map(({ text }) => text).join(', '), /^train version \d+ → 99, TensorFlow 2\.21\.0 → 2\.22\.0$/);
  project.versions = {};
  project.engine = { backend: 'wasm', version: '4.22.0', device: 'cpu' };
  assert.equal(await project.differences('train', 'engine=wasm'), ['engine TensorFlow → wasm (command line: engine=wasm)']);
});

const command = "stages:\n  make: { uses: command, run: 'python3 make.py', inputs: [make.py, data], environment: [GIVERNY_WHY], outputs: [out/] }\n  use: { uses: command, from: make, run: 'cp -r {make} out', outputs: [out/] }\n";

test('a command: its script, its files counted by kind of change, its environment, its own text, what it reads', async ({ project }) => {
  project.rig.write('study.yaml', command);
  project.rig.write('make.py', 'one');
  for (let index = 0; index < 1067; index += 1) project.rig.write(`data/${index}.png`, String(index));
  const images = (changed: number) => new Map(Array.from({ length: 20 }, (_, index) => [`out/${index}.jpg`, Buffer.from(index < changed ? 'new' : 'old')]));
  await project.pretend('study.yaml', [], ({ name }) => (name === 'make' ? images(0) : undefined));
  const at = (text: string) => placeOf(command, text);

  project.rig.write('make.py', 'two');
  for (const name of ['7', '8', '9']) project.rig.write(`data/${name}.png`, 'x');
  assert.equal(await project.differences('make'), [`make.py changed (${at('make.py, data')})`, `3 of 1,067 images changed (of data): data/7.png, data/8.png, data/9.png (${at('data]')})`.replaceAll('data/', '')]);
  rmSync(project.rig.path('data/7.png'));
  project.rig.write('data/new.png', '');
  project.rig.write('data/notes.txt', '');
  assert.match((await project.differences('make'))[1]!, /^4 of 1,068 images differ \(of data: 2 changed, 1 added, 1 removed\): 8\.png, 9\.png, new\.png, …, and 1 other file: notes\.txt \(study\.yaml/);

  process.env['GIVERNY_WHY'] = 'set';
  assert.ok((await project.differences('make')).includes('$GIVERNY_WHY not set → set'));
  const text = command.replace('python3 make.py', 'python3 -u make.py').replace('[GIVERNY_WHY]', '[]');
  project.rig.write('study.yaml', text);
  const lines = await project.differences('make');
  assert.ok(lines.includes(`run python3 make.py → python3 -u make.py (${placeOf(text, "'python3")})`), lines.join('\n'));
  assert.ok(lines.includes('$GIVERNY_WHY not set → not declared'));
  delete process.env['GIVERNY_WHY'];

  await project.pretend('study.yaml', [], ({ name }) => (name === 'make' ? images(2) : undefined));
  rmSync(keyPath(layoutUnder(project.rig.folder), (await project.why('use'))[0]!.key!));
  assert.equal(await project.differences('use'), ['2 of 20 images changed (from make): out/0.jpg, out/1.jpg']);
});

test('folders that are equal and then differ are counted all the same; a stage in between that is changed itself says so', async ({ project }) => {
  const text = "stages:\n  make: { uses: command, run: x, inputs: [one, two], outputs: [out/] }\n  turn: { uses: command, from: make, run: y, outputs: [out/] }\n  use: { uses: command, from: turn, run: z, outputs: [out/] }\n";
  project.rig.write('study.yaml', text);
  for (const folder of ['one', 'two']) for (const name of ['a.png', 'b.png']) project.rig.write(`${folder}/${name}`, name);
  await project.pretend();
  project.rig.write('one/a.png', 'changed');
  const [make, , use] = await project.why('stages.turn.run=w');
  const images = `1 of 2 images changed (of one): a.png (${placeOf(text, '[one', 'one')})`;
  assert.equal(make!.differences!.map(({ text: said, origin }) => `${said} (${origin})`), [images]);
  assert.is(use!.notes[0], `turn depends on the output of make and is changed itself, run y → w (command line: stages.turn.run=w); make runs: ${images}`);
});

test('what depends says on what, which runs why; and whether it runs in any case', async ({ project }) => {
  project.rig.write('study.yaml', study);
  await project.pretend();
  const [resize, flip, , train] = await project.why('stages.resize.size=64', 'stages.train.epochs=2');
  assert.is(resize!.kind, 'run');
  assert.equal([flip!.kind, flip!.notes], ['depends', [
    'resize runs: size 128 → 64 (command line: stages.resize.size=64)', 'it is cached if what it reads comes out as it was once before',
  ]]);
  assert.equal(train!.notes, [
    'normalize depends on the output of flip; flip depends on the output of resize; resize runs: size 128 → 64 (command line: stages.resize.size=64)',
    'it runs in any case, whatever it reads',
  ]);
  assert.equal(train!.differences!.map(({ text }) => text), ['epochs 500 → 2']);
});

test('a stage that does something else now, and one that nobody ran, are not compared with what they are not', async ({ project }) => {
  project.rig.write('study.yaml', "stages: { prepare: { uses: command, run: 'true', outputs: [out/] } }");
  await project.pretend();
  for (const domain of ['A', 'B']) project.rig.write(`data/train${domain}/1.jpg`, '');
  const fetch = 'url: data, splits: { train: { A: trainA, B: trainB } }';
  project.rig.write('study.yaml', `stages: { prepare: { uses: fetch, ${fetch} } }`);
  assert.equal((await project.why('prepare'))[0]!.notes, ['never run as fetch: the last prepare used command']);
  project.rig.write('study.yaml', `stages: { fetch: { ${fetch} } }`);
  assert.equal((await project.why('fetch')).map(({ notes, differences }) => [notes, differences]), [[['never run: nothing like it is in the cache'], undefined]]);
});

test('early cut-off: what was made again and came out the same is named', async ({ project }) => {
  project.rig.write('study.yaml', study);
  const same = new Map([['out/made', Buffer.from('the same')]]);
  const outputs = ({ name }: { readonly name: string }) => (name === 'flip' ? same : undefined);
  const first = await project.pretend('study.yaml', [], outputs);
  await project.pretend('study.yaml', ['stages.flip.probability=0.25'], outputs);
  const [normalize] = await project.why('normalize', 'stages.flip.probability=0.25');
  assert.is(normalize!.kind, 'hit');
  assert.is(normalize!.made!.run, first);
  assert.equal(normalize!.notes, ['flip ran again (probability 0.5 → 0.25) and gave the same output']);
  assert.equal((await project.why('normalize'))[0]!.notes, []);
  assert.equal(await project.why('stages.flip.probability=0.25'), [], 'nothing would run');
  assert.match((await project.run(['why', 'study.yaml'])).stdout, /nothing to run: every stage is cached \(name one to see what made it: fetch, resize, /);
});

test('damage is described: files gone or of another size, the list, the record, a key that is not there any more', async ({ project }) => {
  project.rig.write('study.yaml', study);
  const files = new Map(['a', 'b', 'c'].map((name) => [`out/${name}`, Buffer.from(name)]));
  await project.pretend('study.yaml', [], ({ name }) => (name === 'fetch' ? files : undefined));
  const layout = layoutUnder(project.rig.folder);
  const key = (await project.why('fetch'))[0]!.key!;
  const found = await value(await openCache(project.rig.folder)).find(key);
  if (found.state !== 'present') throw new Error('it was stored');
  const [a, b] = found.entry.files.map(({ digest }) => objectPath(layout, digest));
  const notes = async () => (await project.why('fetch'))[0]!.notes;
  rmSync(a!);
  assert.equal(await notes(), ['1 of its 3 cached files is damaged (gone: out/a)']);
  chmodSync(b!, 0o644);
  writeFileSync(b!, 'longer');
  assert.equal(await notes(), ['2 of its 3 cached files are damaged (gone: out/a; not of their size: out/b)']);
  rmSync(objectPath(layout, found.entry.outputs));
  assert.equal(await notes(), ['the list of its cached files is damaged or gone']);
  writeFileSync(keyPath(layout, key), '{}');
  assert.equal(await notes(), ['its record in the cache is damaged']);
  rmSync(keyPath(layout, key));
  assert.equal(await notes(), ['never run: nothing like it is in the cache']);
});

/** Single values of the shipped config that are written once, and what else they can be. */
const knobs: readonly (readonly [path: string, text: string, other: string])[] = [
  ['model.generator.filters', 'filters: 32', 'filters: 16'], ['model.generator.residual_blocks', 'residual_blocks: 6', 'residual_blocks: 9'],
  ['model.generator.padding', 'padding: zero', 'padding: reflect'], ['model.discriminator.filters', 'filters: 64', 'filters: 48'],
  ['model.discriminator.strides', 'strides: [2, 2, 2, 2]', 'strides: [2, 2, 2]'], ['model.init_type', 'init_type: glorot_uniform', 'init_type: normal'],
  ['loss.weights.adversarial', 'adversarial: [1, 1]', 'adversarial: [2, 1]'], ['loss.weights.cycle', 'cycle: [10, 10]', 'cycle: 7'],
  ['loss.weights.identity', 'identity: [1, 1]', 'identity: 0.5'], ['model.discriminator.output', 'output: sigmoid', 'output: linear'],
  ['optimizer.learning_rate', 'learning_rate: 2e-4', 'learning_rate: 1e-4'], ['optimizer.beta1', 'beta1: 0.5', 'beta1: 0.6'],
  ['optimizer.epsilon', 'epsilon: 1e-7', 'epsilon: 1e-8'], ['update_order', 'update_order: discriminators_first', 'update_order: generators_first'],
  ['pairing', 'pairing: in_order', 'pairing: shuffle'], ['batch_size', 'batch_size: 1', 'batch_size: 2'],
  ['epochs', 'epochs: 500', 'epochs: 100'], ['sample_every', 'sample_every: 10', 'sample_every: 5'],
];

const valueOf = (text: string): string => text.slice(text.indexOf(': ') + 2);

test('any edits of the config: exactly the edited values are named, each at its place, the command line too; comments and line breaks are nothing', async ({ project }) => {
  project.rig.write('study.yaml', study);
  await project.pretend();
  for (let seed = 0; seed < 25; seed += 1) {
    const random = randomStream(seed, 'edits');
    const chosen = knobs.filter(() => random.integer(5) === 0).map((knob) => ({ knob, isOverride: random.integer(3) === 0 }));
    const edits = chosen.filter(({ isOverride }) => !isOverride).map(({ knob: [, from, to] }) => [from, to] as const);
    const text = `${'# another line\n'.repeat(random.integer(3))}${edited(edits)}`;
    project.rig.write('study.yaml', text);
    const overrides = chosen.filter(({ isOverride }) => isOverride).map(({ knob: [path, , to] }) => `stages.train.${path}=${valueOf(to)}`);
    const [train] = await project.why('train', ...overrides);
    const expected = chosen.map(({ knob: [path, , to], isOverride }) => `${path} ${isOverride ? `command line: stages.train.${path}=${valueOf(to)}` : placeOf(text, to, valueOf(to))}`);
    assert.is(train!.kind, chosen.length === 0 ? 'hit' : 'run');
    assert.equal((train!.differences ?? []).map(({ path, origin }) => `${path} ${origin}`).sort(), [...expected].sort(), `seed ${seed}`);
  }
});

test('of several earlier keys the nearest is taken, the newest of those that are equally near', async ({ project }) => {
  project.rig.write('study.yaml', study);
  await project.pretend('study.yaml', ['stages.train.epochs=1', 'loss.weights.cycle=1']);
  const near = await project.pretend('study.yaml', ['stages.train.epochs=2']);
  const newest = await project.pretend('study.yaml', ['stages.train.epochs=3']);
  const otherData = await project.pretend('study.yaml', ['stages.train.epochs=4', 'stages.resize.size=64']);
  const comparedWith = async (...overrides: readonly string[]) => (await project.why('train', ...overrides))[0]!.comparedWith?.run;
  assert.is(await comparedWith(), newest);
  assert.is(await comparedWith('stages.train.epochs=2', 'seed=3', 'stages.train.image_pool=50'), near);
  assert.is(await comparedWith('stages.train.epochs=4'), newest, 'other data count for more than another value');
  assert.is(await comparedWith('stages.train.epochs=5', 'stages.resize.size=64'), otherData);
});

test.run();
