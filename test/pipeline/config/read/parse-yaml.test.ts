import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeAt, toJson } from '../../../../pipeline/config/tree/config-node.ts';
import type { ConfigNode } from '../../../../pipeline/config/tree/config-node.ts';
import { formatYaml } from '../../../../pipeline/config/format-yaml.ts';
import { parseYaml } from '../../../../pipeline/config/read/parse-yaml.ts';
import { whereOf } from '../../../../pipeline/config/tree/source.ts';
import type { Json } from '../../../../pipeline/stage.ts';
import { randomJson } from '../random-json.ts';
import { assertSame } from '../../../helpers/assert-same.ts';

const textOf = (text: string) => ({ file: '/x/a.yaml', folder: '/x', text });

function parse(text: string): ConfigNode {
  const parsed = parseYaml(textOf(text), 0);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function failureOf(text: string) {
  const parsed = parseYaml(textOf(text), 0);
  assert.not(parsed.ok, 'it is refused');
  return parsed.ok ? undefined : parsed.failure;
}

test('whatever is written as YAML is read back the same', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const json = randomJson(seed).map(4);
    assertSame(toJson(parse(formatYaml(json))), json, `seed ${seed}`);
  }
});

test('the place of every single value is where its text stands', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = randomJson(seed);
    const json = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`k${index}`, { deep: [random.scalar(), random.scalar()] as Json }]));
    const root = parse(formatYaml(json));
    for (const key of Object.keys(json)) {
      for (const index of ['0', '1']) {
        const node = nodeAt(root, [key, 'deep', index])!;
        const { text, start, end } = node.source!;
        assert.equal(toJson(parse(`x: ${text.text.slice(start, end)}`)), { x: toJson(node) }, `seed ${seed} ${key}.${index}`);
      }
    }
  }
});

test('numbers are those of the YAML 1.2 core schema', () => {
  assert.equal(toJson(parse('[1e-4, 1E+2, 0x1F, 0o17, 012, -0, 1_000, yes, ~]')), [0.0001, 100, 31, 15, 12, 0, '1_000', 'yes', null]);
  assert.ok(Object.is(toJson(parse('-0')), 0), 'minus zero is zero');
});

test('lines and columns count from 1, and CRLF adds none', () => {
  const root = parse('a:\r\n  b: [1,\r\n    22]\r\n');
  const { line, column, length, text } = whereOf(nodeAt(root, ['a', 'b', '1'])!.source!);
  assert.equal({ line, column, length, text }, { line: 3, column: 5, length: 2, text: '    22]' });
});

test('an alias is the anchored value; one without an anchor before it is refused', () => {
  assert.equal(toJson(parse('a: &x { b: 1 }\nc: *x\n')), { a: { b: 1 }, c: { b: 1 } });
  assert.match(failureOf('a: *x\n')!.message, /names no anchor/);
  assert.match(failureOf('a: &x [*x]\n')!.message, /names no anchor/);
});

test('aliases of aliases cannot fill the memory', () => {
  const levels = Array.from({ length: 30 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`);
  assert.match(failureOf(['a0: &a0 x', ...levels].join('\n'))!.message, /more than 100000 values/);
});

test('tags beyond the core schema are refused, and so is nesting without end', () => {
  assert.equal(toJson(parse('a: !!str 5\nb: !!int "6"\n')), { a: '5', b: 6 });
  for (const text of ['a: !!binary x', 'a: !mine x', 'a: !!set { x }', 'a: !!timestamp 2001-01-01']) assert.match(failureOf(text)!.message, /tag/, text);
  assert.match(failureOf('['.repeat(20_000))!.message, /nested too deeply/);
});

test('an empty value is known from a written null', () => {
  const root = parse('a:\nb: null\nc: ~\n');
  assert.equal(['a', 'b', 'c'].map((key) => (nodeAt(root, [key]) as { empty?: boolean }).empty ?? false), [true, false, false]);
});

test.run();
