import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConfigNode } from '../../../../pipeline/config/tree/config-node.ts';
import { scalar, toJson } from '../../../../pipeline/config/tree/config-node.ts';
import { merge } from '../../../../pipeline/config/tree/merge.ts';
import type { Json } from '../../../../pipeline/stage.ts';
import { randomJson } from '../random-json.ts';
import { assertSame } from '../../../helpers/assert-same.ts';

type Mapping = { readonly [key: string]: Json };

function nodeOf(json: Json, layer: number): ConfigNode {
  if (Array.isArray(json)) return { kind: 'list', items: json.map((item: Json) => nodeOf(item, layer)), source: undefined, layer };
  if (typeof json !== 'object' || json === null) return scalar(json as string, undefined, layer);
  const entries = Object.entries(json).map(([key, value]) => [key, { key: undefined, node: nodeOf(value, layer) }] as const);
  return { kind: 'map', entries: new Map(entries), source: undefined, layer };
}

const isMapping = (value: Json | undefined): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The rule, in the plainest words. */
function expected(under: Json | undefined, over: Json): Json {
  if (!isMapping(under) || !isMapping(over)) return over;
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  const get = (map: Mapping, key: string) => (Object.hasOwn(map, key) ? map[key] : undefined);
  return Object.fromEntries(keys.map((key) => [key, get(over, key) === undefined ? get(under, key)! : expected(get(under, key), get(over, key)!)]));
}

function eachLeaf(node: ConfigNode, path: readonly string[], visit: (node: ConfigNode, path: readonly string[]) => void): void {
  if (node.kind === 'map') for (const [key, entry] of node.entries) eachLeaf(entry.node, [...path, key], visit);
  else visit(node, path);
}

function valueAt(json: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => (isMapping(at) && Object.hasOwn(at, key) ? at[key] : undefined), json);
}

// References in random texts would be merged as references; that rule has its own test.
const plain = (json: Json): Json => JSON.parse(JSON.stringify(json).replaceAll('${', '$(')) as Json;

test('mappings merge, lists and single values replace, and the last layer that wrote a leaf owns it', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomJson(seed);
    const layers = [plain(random.map(3)), plain(random.map(3)), plain(random.map(3))];
    const nodes = layers.map(nodeOf);
    const merged = nodes.reduce((under, over) => merge(under, over));
    assertSame(toJson(merged), layers.reduce((under, over) => expected(under, over)), `seed ${seed}`);
    eachLeaf(merged, [], (leaf, path) => {
      const writers = layers.flatMap((layer, index) => (valueAt(layer, path) === undefined ? [] : [index]));
      assert.is(leaf.layer, writers.at(-1), `seed ${seed} ${path.join('.')}`);
    });
  }
});

test('merging is associative', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomJson(seed);
    const [a, b, c] = [0, 1, 2].map((layer) => nodeOf(plain(random.map(3)), layer)) as [ConfigNode, ConfigNode, ConfigNode];
    // Where b replaced a mapping by a single value and c a mapping again, the order of work may not matter either way round.
    const left = toJson(merge(merge(a, b), c));
    const right = toJson(merge(a, merge(b, c)));
    if (!replacesMapping(a, b, c)) assertSame(left, right, `seed ${seed}`);
  }
});

/** Then b cut a off, which merging b and c first forgets. */
function replacesMapping(a: ConfigNode | undefined, b: ConfigNode | undefined, c: ConfigNode | undefined): boolean {
  if (a?.kind !== 'map' || c?.kind !== 'map' || b === undefined) return false;
  if (b.kind !== 'map') return true;
  const { entries } = b;
  return [...entries.keys()].some((key) => replacesMapping(a.entries.get(key)?.node, entries.get(key)?.node, c.entries.get(key)?.node));
}

test('what was replaced is remembered', () => {
  const merged = merge(merge(nodeOf(1, 0), nodeOf(2, 1)), nodeOf(3, 2));
  assert.equal([merged.overrode, merged.overrode?.overrode].map((node) => toJson(node!)), [2, 1]);
});

test('an empty value adds nothing, a written null replaces', () => {
  const under = nodeOf({ a: { b: 1 } }, 0);
  const over = (empty: boolean): ConfigNode => ({ ...nodeOf({}, 1), entries: new Map([['a', { key: undefined, node: { ...scalar(null, undefined, 1), ...(empty ? { empty } : {}) } }]]) }) as ConfigNode;
  assert.equal(toJson(merge(under, over(true))), { a: { b: 1 } });
  assert.equal(toJson(merge(under, over(false))), { a: null });
});

test.run();
