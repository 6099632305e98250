import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyOverride } from '../../../../pipeline/config/override/apply-override.ts';
import type { MapNode } from '../../../../pipeline/config/tree/config-node.ts';
import { nodeAt, toJson } from '../../../../pipeline/config/tree/config-node.ts';
import { parseOverride } from '../../../../pipeline/config/override/override.ts';
import { parseYaml } from '../../../../pipeline/config/read/parse-yaml.ts';
import { placeName } from '../../../../pipeline/config/tree/source.ts';
import type { Json } from '../../../../pipeline/stage.ts';
import { randomJson } from '../random-json.ts';
import { assertSame } from '../../../helpers/assert-same.ts';

function mapOf(text: string): MapNode {
  const parsed = parseYaml({ file: '/x/a.yaml', folder: '/x', text }, 0);
  if (!parsed.ok || parsed.value.kind !== 'map') throw new Error('not a mapping');
  return parsed.value;
}

function apply(root: MapNode, ...texts: readonly string[]): MapNode {
  return texts.reduce((under, text) => {
    const override = parseOverride(text, 1, '/work');
    if (!override.ok) throw new Error(override.failure.message);
    const written = applyOverride(under, override.value);
    if (!written.ok) throw new Error(written.failure.message);
    return written.value;
  }, root);
}

function codeOf(text: string, root = mapOf('a: 1')): string | undefined {
  const override = parseOverride(text, 1, '/work');
  const written = override.ok ? applyOverride(root, override.value) : override;
  return written.ok ? undefined : written.failure.code;
}

test('the value of any override is read back, and nothing else changes', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomJson(seed);
    const base = { a: { b: { c: [1, 2], d: 'x' } }, e: random.value(2) } as Json;
    const value = random.pick([random.scalar(), [random.scalar()] as Json]);
    const root = mapOf(JSON.stringify(base));
    const path = random.pick(['a.b.d', 'a.b.new', 'a.x.y.z', 'new', 'a.b.c.1']);
    const written = toJson(apply(root, `${path}=${JSON.stringify(value)}`));
    const expected = JSON.parse(JSON.stringify(base)) as Json;
    set(expected, path.split('.'), value);
    assertSame(written, expected, `seed ${seed} ${path}`);
    assertSame(toJson(root), base, 'the tree it was written over is as it was');
  }
});

/** The same by plain assignment. */
function set(json: Json, [name, ...rest]: readonly string[], value: Json): void {
  const map = json as { [key: string]: Json };
  if (rest.length === 0) map[name!] = value;
  else set((map[name!] ??= {}), rest, value);
}

test('the last of several overrides wins, and a mapping merges', () => {
  assert.equal(toJson(apply(mapOf('a: { b: 1, c: 2 }'), 'a.b=5', 'a={b: 6, d: 7}')), { a: { b: 6, c: 2, d: 7 } });
});

test('values are YAML', () => {
  assert.equal(toJson(apply(mapOf('a: 1'), 'a=1e-4')), { a: 0.0001 });
  assert.equal(toJson(apply(mapOf('a: 1'), 'a="x, y"')), { a: 'x, y' });
  assert.equal(toJson(apply(mapOf('a: 1'), 'a=[5,10]')), { a: [5, 10] });
  assert.equal(toJson(apply(mapOf('a: 1'), 'a=b=c')), { a: 'b=c' });
  assert.equal(toJson(apply(mapOf('a: 1'), 'a=null')), { a: null });
  assert.equal(toJson(apply(mapOf('a: 1'), 'a=https://x.org/a.zip?b=c')), { a: 'https://x.org/a.zip?b=c' });
});

test('engine has a short form there too', () => {
  assert.equal(toJson(apply(mapOf('engine: { backend: auto, threads: 2 }'), 'engine=wasm')), { engine: { backend: 'wasm', threads: 2 } });
});

test('a stage with nothing after its name can be given parameters; a stage that is not there only as a whole', () => {
  const root = mapOf('stages:\n  flip:\n');
  assert.equal(toJson(apply(root, 'stages.flip.probability=0.3')), { stages: { flip: { probability: 0.3 } } });
  assert.equal(toJson(apply(root, 'stages.more={uses: flip}')), { stages: { flip: null, more: { uses: 'flip' } } });
  assert.is(codeOf('stages.flop.probability=0.3', root), 'config-unknown-key');
});

test('a value over a reference keeps the rest of what it names', () => {
  const root = apply(mapOf('stages: { train: { loss: "${loss}" } }'), 'stages.train.loss.weights.cycle=5');
  const loss = nodeAt(root, ['stages', 'train', 'loss']);
  assert.is(loss?.kind === 'map' ? loss.onto?.value : undefined, '${loss}');
});

test('a place on the command line is the override itself', () => {
  const node = nodeAt(apply(mapOf('a: { b: 1 }'), 'a.b=2'), ['a', 'b'])!;
  assert.is(placeName(node.source, '/work'), 'command line: a.b=2');
  assert.is(placeName(node.overrode?.source, '/x'), 'a.yaml:1:9');
});

test('what is no override is refused', () => {
  for (const text of ['a', '=1', 'a.=1', '.a=1', 'a b=1', 'a=', 'a= ', 'a=1,2', 'a=[1],[2]', 'a={', 'extends=b.yaml', 'a.b=1']) assert.is(codeOf(text), 'config-bad-override', text);
});

test.run();
