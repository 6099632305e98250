// What the README and docs/ say of configs, files and each other, against what is really there: above all the table of the two recipes.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { loadConfig } from '../pipeline/config/load.ts';
import type { JsonSchema } from '../pipeline/stage.ts';
import { catalog } from '../stages/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${root}/README.md`, 'utf8');
const recipes = readFileSync(`${root}/docs/recipes.md`, 'utf8');
const pages = ['README.md', 'ARCHITECTURE.md', 'bench/README.md', ...readdirSync(`${root}/docs`).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
const rows = [...recipes.matchAll(/^\| `([a-z_.A-Z]+)` \| ([^|]*)\| ([^|]*)\| [^|]*\|$/gm)].map(([, path, chapter, paper]) => ({ path: path!.split('.'), chapter: chapter!, paper: paper! }));

/** The parameters of train by the names of the config: a normalization by its kind alone, a pair of equal weights as one. */
async function trainParams(config: string): Promise<unknown> {
  const loaded = await loadConfig(`${root}/configs/${config}.yaml`, [], catalog, root);
  if (!loaded.ok) throw new Error(loaded.failure.message);
  return loaded.value.stages.find(({ name }) => name === 'train')!.prepared.params;
}

const asWritten = (value: unknown): unknown => {
  if (Array.isArray(value) && value.length === 2 && value[0] === value[1]) return value[0];
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : value;
};
const at = (value: unknown, path: readonly string[]): unknown => path.reduce((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], value);
const cell = (text: string): unknown => parse(text) ?? undefined;

test('the table has what the two recipes differ in', () => {
  assert.ok(rows.length >= 25, String(rows.length));
});

for (const [column, config] of [['chapter', 'monet2photo'], ['paper', 'monet2photo-paper']] as const) {
  test(`its column of the ${column} is configs/${config}.yaml`, async () => {
    const params = await trainParams(config);
    for (const row of rows) {
      const value = at(params, row.path);
      const [written, found] = [cell(row[column]), row.path[0] === 'augment' && value !== undefined ? { ...(value as object), crop: asWritten(at(value, ['crop'])) } : asWritten(value)];
      assert.equal(found, written, row.path.join('.'));
    }
  });
}

test('every other parameter that it speaks of exists', () => {
  const schema = catalog.stages.get('train')!.schema;
  const known = (path: readonly string[]) => path.reduce<JsonSchema | undefined>((inner, key) => (inner?.['properties'] as Readonly<Record<string, JsonSchema>> | undefined)?.[key], schema) !== undefined;
  const tables = recipes.slice(0, recipes.indexOf('## Fine-tuning'));
  const named = [...tables.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cells]) => [...cells!.matchAll(/`([a-z_.]+)/gi)].map(([, path]) => path!));
  assert.ok(named.length > 30, String(named.length));
  for (const path of named) assert.ok(known(path.split('.')), path);
});

for (const page of pages) {
  test(`the configs and pages that ${page} names are there`, () => {
    const text = readFileSync(`${root}/${page}`, 'utf8');
    assert.match(text, /^# /);
    const configs = [...text.matchAll(/\bconfigs\/[\w/-]+\.yaml/g)].map(([path]) => path);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => join(dirname(page), link!));
    for (const path of [...configs, ...links]) assert.ok(existsSync(join(root, path)), path);
  });
}

test('the README names the configs that one begins with', () => {
  for (const name of ['quickstart', 'monet2photo', 'monet2photo-paper']) assert.ok(readme.includes(`configs/${name}.yaml`), name);
});

test.run();
