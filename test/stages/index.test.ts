import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { runnerFailures } from '../../pipeline/failure.ts';
import type { FailureTable } from '../../pipeline/failure.ts';
import type { JsonSchema } from '../../pipeline/stage.ts';
import { engineFailures } from '../../stages/engine/failures.ts';
import { catalog } from '../../stages/index.ts';

const definitions = [...catalog.stages.values()];

test('a stage is found by the name that `uses` gives', () => {
  for (const [name, definition] of catalog.stages) assert.is(name, definition.uses);
});

test('every failure code is documented, and means one thing wherever it stands', () => {
  const tables: [string, FailureTable][] = [['runner', runnerFailures], ['engine', engineFailures], ...definitions.map(({ uses, failures }) => [uses, failures] as [string, FailureTable])];
  const meanings = new Map<string, string>();
  for (const [owner, table] of tables) {
    for (const [code, { exit, when }] of Object.entries(table)) {
      assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/, `${owner}: ${code}`);
      assert.ok([1, 64, 130, 143].includes(exit), `${owner}: ${code}`);
      assert.ok(/^\S.{12,}\.$/s.test(when), `${owner}: ${code} says when it happens, in a sentence`);
      assert.is(meanings.get(code) ?? when, when, `${owner}: ${code} means something else elsewhere`);
      meanings.set(code, when);
    }
  }
  assert.ok(meanings.size > 30);
});

/** Every schema below this one that stands for a property, by its path. */
function* properties(schema: JsonSchema, path: string): Generator<[string, JsonSchema]> {
  const inside = (key: string) => (schema[key] ?? {}) as Readonly<Record<string, JsonSchema>>;
  for (const [name, property] of Object.entries(inside('properties'))) {
    yield [`${path}.${name}`, property];
    yield* properties(property, `${path}.${name}`);
  }
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    for (const option of (schema[key] ?? []) as readonly JsonSchema[]) yield* properties(option, path);
  }
  for (const key of ['items', 'additionalProperties']) {
    if (typeof schema[key] === 'object') yield* properties(schema[key] as JsonSchema, `${path}.${key}`);
  }
}

test('every property of every stage is described, and no stage takes keys that it does not know', () => {
  for (const { uses, schema, summary } of definitions) {
    assert.ok(summary.length > 10, uses);
    assert.is(schema['additionalProperties'], false, uses);
    for (const [path, property] of properties(schema, uses)) {
      assert.ok(typeof property['description'] === 'string' && property['description'].length > 10, `${path} is described`);
    }
  }
});

test('the catalog is light: no image, tensor or process library is loaded with it', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const entry = 'stages/index.ts';
  const { metafile } = await build({ absWorkingDir: root, entryPoints: [entry], bundle: true, packages: 'external', metafile: true, write: false, platform: 'node', format: 'esm' });
  const packages = new Set<string>();
  const seen = new Set<string>([entry]);
  for (const file of seen) {
    for (const { path, kind, external } of metafile.inputs[file]!.imports) {
      if (kind === 'dynamic-import') continue;
      if (external) packages.add(path);
      else seen.add(path);
    }
  }
  assert.ok(seen.size > 10);
  assert.equal([...packages].filter((name) => /^(@tensorflow|sharp|execa|cli-progress)/.test(name)), []);
});

test.run();
