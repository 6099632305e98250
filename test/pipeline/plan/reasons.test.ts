import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestText } from '../../../pipeline/plan/digest.ts';
import type { ListedFile } from '../../../pipeline/plan/digest.ts';
import { KEY_SCHEMA_VERSION } from '../../../pipeline/plan/manifest.ts';
import type { Manifest } from '../../../pipeline/plan/manifest.ts';
import { differences } from '../../../pipeline/plan/reasons.ts';

const base: Manifest = {
  schema: KEY_SCHEMA_VERSION, of: 'key', uses: 'train', version: 2,
  params: { epochs: 10, loss: { weights: { cycle: [10, 10], identity: [1, 1] } }, name: 'a b', list: [{ at: 1 }, { at: 2 }] },
  outside: { script: digestText('one') }, environment: { CUDA: null }, seed: 1,
  engine: { backend: 'tensorflow', version: '2.21.0', device: 'cpu' }, from: [digestText('resize')],
};

const files = (contents: Readonly<Record<string, string>>): readonly ListedFile[] =>
  Object.entries(contents).map(([path, content]) => ({ path, digest: digestText(content), bytes: content.length }));

function said(change: Partial<Manifest>, listings: ReadonlyMap<string, readonly ListedFile[]> = new Map()): readonly string[] {
  return differences(base, { ...base, ...change }, ['resize'], listings);
}

const params = (change: Readonly<Record<string, unknown>>): Partial<Manifest> => ({ params: { ...(base.params as object), ...change } as Manifest['params'] });

test('equal manifests differ in nothing', () => {
  assert.equal(said({}), []);
  assert.equal(said(params({})), []);
});

test('parameters are named by their path, an equal pair is one number, a list is whole', () => {
  assert.equal(said(params({ loss: { weights: { cycle: [5, 5], identity: [1, 1] } } })), ['loss.weights.cycle 10 → 5']);
  assert.equal(said(params({ loss: { weights: { cycle: [5, 10], identity: [1, 1] } } })), ['loss.weights.cycle 10 → [5, 10]']);
  assert.equal(said(params({ epochs: 20, name: 'c' })), ['epochs 10 → 20', 'name a b → c']);
  assert.equal(said(params({ list: [{ at: 1 }, { at: 3 }] })), ['list.1.at 2 → 3']);
  assert.equal(said(params({ decay: true })), ['decay absent → true']);
  assert.equal(said(params({ name: 'x'.repeat(200) })).map((line) => line.length < 80), [true]);
  const long = (end: string) => `python3 features.py ${'--flag '.repeat(20)}${end}`;
  assert.equal(differences({ ...base, params: { run: long('-o one.npy') } }, { ...base, params: { run: long('-o two.npy') } }, [], new Map()), ['run …-o one.npy → …-o two.npy']);
});

test('every other field has its own words', () => {
  const table: readonly (readonly [Partial<Manifest>, string])[] = [
    [{ version: 3 }, 'train version 2 → 3'],
    [{ schema: 9 }, `key schema ${KEY_SCHEMA_VERSION} → 9`],
    [{ seed: 4 }, 'seed 1 → 4'],
    [{ engine: { ...base.engine!, version: '2.22.0' } }, 'TensorFlow 2.21.0 → 2.22.0'],
    [{ engine: { ...base.engine!, backend: 'wasm', version: '4.22.0' } }, 'engine TensorFlow → wasm'],
    [{ engine: { ...base.engine!, device: 'gpu' } }, 'device cpu → gpu'],
    [{ environment: { CUDA: '1' } }, '$CUDA not set → 1'],
    [{ environment: { CUDA: null, HOST: 'a' } }, '$HOST not declared → a'],
    [{ uses: 'paint', version: 2 }, 'uses train → paint'],
    [{ outside: { script: digestText('two') } }, 'script changed'],
    [{ outside: {} }, 'script is no longer read'],
    [{ outside: { ...base.outside, data: digestText('x') } }, 'data is new'],
    [{ from: [digestText('other')] }, 'the output of resize changed'],
    [{ from: [] }, 'reads 0 stages instead of 1'],
  ];
  for (const [change, line] of table) assert.equal(said(change), [line]);
});

test('a parameter that names something outside is said once where both are new or gone', () => {
  const features = { ...params({ features: { range: [-1, 1] } }), outside: { ...base.outside, features: digestText('network') } };
  assert.equal(said(features), ['features absent → {"range":[-1, 1]}']);
  const after: Manifest = { ...base, ...features };
  assert.equal(differences(after, base, ['resize'], new Map()), ['features {"range":[-1, 1]} → absent']);
  const changed: Manifest = { ...after, ...params({ features: { range: [0, 1] } }), outside: { ...base.outside, features: digestText('other') } };
  assert.equal(differences(after, changed, ['resize'], new Map()), ['features.range [-1, 1] → [0, 1]', 'features changed'], 'two things');
});

test('files are counted and named where their listings are known', () => {
  const many = Object.fromEntries(Array.from({ length: 1067 }, (_, index) => [`train/A/${index}.png`, `${index}`]));
  const changed = { ...many, 'train/A/7.png': 'x', 'train/A/8.png': 'y', 'train/A/9.png': 'z' };
  const listings = new Map([[base.from[0]!, files(many)], [digestText('later'), files(changed)]]);
  assert.equal(said({ from: [digestText('later')] }, listings), [
    '3 of 1,067 images changed (from resize): train/A/7.png, train/A/8.png, train/A/9.png',
  ]);
  const moved = new Map([[base.outside['script']!, files({ a: '1', b: '2' })], [digestText('two'), files({ a: '2', c: '1', d: '' })]]);
  assert.equal(said({ outside: { script: digestText('two') } }, moved), ['4 of 4 files differ (of script: 1 changed, 2 added, 1 removed): a, c, d, …']);
});

test.run();
