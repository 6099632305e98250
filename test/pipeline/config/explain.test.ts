import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainAll, explainPath } from '../../../pipeline/config/explain.ts';
import { readConfig } from '../../../pipeline/config/read/extends.ts';
import { resolveConfig } from '../../../pipeline/config/load.ts';
import type { ConfigFolder } from './small-catalog.ts';
import { catalog, chapter, configFolder } from './small-catalog.ts';

let folder: ConfigFolder;
test.before(async () => {
  folder = await configFolder();
  await folder.write('chapter.yaml', chapter);
  await folder.write('over.yaml', 'extends: chapter.yaml\nloss: { weights: { cycle: 7 } }\n');
});
test.after(() => folder.remove());

async function load(name: string, ...overrides: readonly string[]) {
  const document = await readConfig(join(folder.path, name));
  if (!document.ok) throw new Error(document.failure.message);
  const loaded = await resolveConfig(document.value, overrides, catalog, folder.path);
  if (!loaded.ok) throw new Error(loaded.failure.message);
  return loaded.value;
}

async function explained(name: string, path: string, ...overrides: readonly string[]): Promise<readonly string[]> {
  const lines = explainPath(await load(name, ...overrides), path, folder.path);
  if (!lines.ok) throw new Error(lines.failure.message);
  return lines.value;
}

test('a value: what it is, whence, instead of what, and where it goes', async () => {
  assert.equal(await explained('over.yaml', 'loss.weights.cycle', 'loss.weights.cycle=5'), [
    'loss.weights.cycle: 5',
    '  from command line: loss.weights.cycle=5',
    '  instead of 7 at over.yaml:2:27',
    '  instead of [10,10] at chapter.yaml:8:21',
    '  goes to stages.train.loss.weights.cycle',
  ]);
});

test('a default, a value by reference, a mapping', async () => {
  assert.equal(await explained('chapter.yaml', 'stages.flip.probability'), ['stages.flip.probability: 0.5', '  from default']);
  assert.equal(await explained('chapter.yaml', 'stages.train.model'), ['stages.train.model.filters: 8  (chapter.yaml:6:12)']);
  assert.equal(await explained('chapter.yaml', 'engine.backend', 'engine=wasm'), [
    'engine.backend: "wasm"',
    '  from command line: engine=wasm',
    '  instead of "auto" at chapter.yaml:4:9',
  ]);
});

test('a sha256 that was dropped', async () => {
  const lines = await explained('chapter.yaml', 'stages.fetch.sha256', 'stages.fetch.url=x.zip');
  assert.is(lines[0], 'stages.fetch.sha256: dropped');
  assert.match(lines[2]!, /belongs to the url .* command line: stages\.fetch\.url=x\.zip/);
});

test('a path that is not there, with the nearest', async () => {
  const lines = explainPath(await load('chapter.yaml'), 'stages.train.epoch', folder.path);
  assert.not(lines.ok);
  if (!lines.ok) assert.equal([lines.failure.code, lines.failure.hint], ['config-unknown-key', 'did you mean "epochs"?']);
  const deep = explainPath(await load('over.yaml'), 'loss.weights.cycl', folder.path);
  assert.not(deep.ok);
  if (!deep.ok) assert.equal([deep.failure.hint, deep.failure.where?.file, deep.failure.where?.line], ['did you mean "cycle"?', join(folder.path, 'over.yaml'), 2]);
});

test('every value of every stage has an origin, and what has a place was written there', async () => {
  const values = explainAll(await load('chapter.yaml', 'seed=5'), folder.path);
  const origin = (path: string) => values.find((value) => value.path === path)?.origin;
  assert.is(origin('seed'), 'command line: seed=5');
  assert.is(origin('stages.train.epochs'), 'chapter.yaml:18:13');
  assert.is(origin('stages.train.sample_every'), 'default');
  assert.is(new Set(values.map(({ path }) => path)).size, values.length, 'each path once');
  const lines = chapter.split('\n');
  for (const { value, origin: place } of values) {
    const [, line, column] = /^chapter\.yaml:(\d+):(\d+)$/.exec(place) ?? [];
    if (line !== undefined && !value.startsWith('[')) assert.ok(lines[Number(line) - 1]!.slice(Number(column) - 1).startsWith(JSON.parse(value).toString()), `${place} ${value}`);
  }
});

test.run();
