import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MapNode } from '../../../../pipeline/config/tree/config-node.ts';
import { nodeAt, toJson } from '../../../../pipeline/config/tree/config-node.ts';
import { merge } from '../../../../pipeline/config/tree/merge.ts';
import { parseYaml } from '../../../../pipeline/config/read/parse-yaml.ts';
import { resolveReferences } from '../../../../pipeline/config/tree/resolve-references.ts';
import { placeName } from '../../../../pipeline/config/tree/source.ts';

function mapOf(text: string, layer = 0, file = '/x/a.yaml'): MapNode {
  const parsed = parseYaml({ file, folder: file.replace(/\/[^/]*$/, ''), text }, layer);
  if (!parsed.ok || parsed.value.kind !== 'map') throw new Error('not a mapping');
  return parsed.value;
}

function resolved(root: MapNode) {
  const result = resolveReferences(root);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const messageOf = (text: string): string => {
  const result = resolveReferences(mapOf(text));
  return result.ok ? '' : `${result.failure.code}: ${result.failure.message}`;
};

test('a value that is only a reference takes over the whole value and where each leaf was written', () => {
  const { root, referenced } = resolved(mapOf('model:\n  filters: 8\n  deep: { x: 1 }\ntrain:\n  model: ${model}\n'));
  assert.equal(toJson(root), { model: { filters: 8, deep: { x: 1 } }, train: { model: { filters: 8, deep: { x: 1 } } } });
  assert.is(placeName(nodeAt(root, ['train', 'model', 'deep', 'x'])!.source, '/x'), 'a.yaml:3:14');
  assert.is(placeName(nodeAt(root, ['train', 'model'])!.via![0], '/x'), 'a.yaml:5:10');
  assert.equal([...referenced], ['model']);
});

test('types stay in a whole reference and become text inside a longer one', () => {
  const { root } = resolved(mapOf('v: { n: 1e-4, b: true, l: [1, 2], t: x }\na: ${v.n}\nb: ${v.b}\nc: ${v.l}\nd: ${v.l.1}\ne: "${v.t}-${v.n}-${v.b}"\n'));
  const { v: _, ...rest } = toJson(root) as Record<string, unknown>;
  assert.equal(rest, { a: 0.0001, b: true, c: [1, 2], d: 2, e: 'x-0.0001-true' });
});

test('references through references, to neighbours, and forwards', () => {
  const { root } = resolved(mapOf('a: ${b.c}\nb: ${d}\nd: { c: ${e}, f: "${d.g}", g: 7 }\ne: 5\n'.replace('${e}', '"${e}"')));
  assert.equal(toJson(root), { a: 5, b: { c: 5, f: 7, g: 7 }, d: { c: 5, f: 7, g: 7 }, e: 5 });
});

test('an escaped reference is literal', () => {
  assert.equal(toJson(resolved(mapOf('a: echo \\${HOME}\nb: 1\n')).root), { a: 'echo ${HOME}', b: 1 });
});

test('values written over a reference change what it names, there alone', () => {
  const under = mapOf('loss: { cycle: 10, identity: 1 }\ntrain: { loss: "${loss}" }\n');
  const over = mapOf('train: { loss: { cycle: 5 } }\n', 1);
  const { root } = resolved(merge(under, over) as MapNode);
  assert.equal(toJson(root), { loss: { cycle: 10, identity: 1 }, train: { loss: { cycle: 5, identity: 1 } } });
});

test('a circle of any length is refused, and so is a mapping inside itself', () => {
  assert.match(messageOf('a: ${a}\n'), /^config-bad-reference: .*\$\{a\}/);
  assert.match(messageOf('a: ${b}\nb: ${c}\nc: ${a}\n'), /\$\{b\} → \$\{c\} → \$\{a\}/);
  assert.match(messageOf('a: { b: "${a}" }\n'), /leads back to itself/);
  assert.match(messageOf('a: "x${b}"\nb: "y${a}"\n'), /leads back to itself/);
});

test('what names nothing, or cannot stand inside a text, is refused', () => {
  assert.match(messageOf('a: ${b}\n'), /\$\{b\} names nothing/);
  assert.match(messageOf('a: ${b.c}\nb: 1\n'), /\$\{b.c\} names nothing/);
  assert.match(messageOf('a: "x${b}"\nb: [1]\n'), /is a list/);
  assert.match(messageOf('a: "x${b}"\nb: null\n'), /is null/);
});

test('a text that begins with a reference keeps the folder of what it names', () => {
  const under = mapOf('vars: { data: ../data }\n', 0, '/base/b.yaml');
  const { root } = resolved(merge(under, mapOf('a: "${vars.data}/x.zip"\nb: "x/${vars.data}"\n', 1)) as MapNode);
  assert.equal([(nodeAt(root, ['a']) as { folder?: string }).folder, (nodeAt(root, ['b']) as { folder?: string }).folder], ['/base', undefined]);
});

test('a later reference to an older value counts as written later', () => {
  const { root } = resolved(merge(mapOf('old: 1\na: 2\n'), mapOf('a: ${old}\n', 1)) as MapNode);
  assert.is(nodeAt(root, ['a'])!.layer, 1);
});

test.run();
