/** Every config that giverny ships, against the real stages. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFailure } from '../../../pipeline/cli/print-failure.ts';
import type { Config } from '../../../pipeline/config/config.ts';
import { formatYaml } from '../../../pipeline/config/format-yaml.ts';
import { loadConfig } from '../../../pipeline/config/load.ts';
import { catalog } from '../../../stages/index.ts';
import { configFolder } from './small-catalog.ts';
import { assertSame } from '../../helpers/assert-same.ts';

const root = fileURLToPath(new URL('../../../configs', import.meta.url));
const notConfigs = /^(sweeps|executors)[\\/]/;
const files = (readdirSync(root, { recursive: true }) as string[]).filter((name) => name.endsWith('.yaml') && !notConfigs.test(name)).sort();

async function load(file: string): Promise<Config> {
  const config = await loadConfig(file, [], catalog, root);
  if (!config.ok) throw new Error(formatFailure(config.failure, { color: false, cwd: root }));
  return config.value;
}

/** Places are where they were written: in another file they are others. */
const withoutPlaces = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === 'where' ? undefined : item)));

const essence = ({ name, seed, engine, resolved, stages }: Config): unknown =>
  withoutPlaces({ name, seed, engine, resolved, stages: stages.map(({ name: stage, definition, from, prepared }) => ({ stage, uses: definition.uses, from, prepared })) });

test('there are configs, the quickstart among them', () => {
  assert.ok(files.includes('quickstart.yaml'));
});

for (const name of files) {
  test(`${name} is valid, warns of nothing, and its resolved form is the same config elsewhere`, async () => {
    const folder = await configFolder();
    try {
      const config = await load(join(root, name));
      assert.equal(config.warnings, []);
      const again = await load(await folder.write(`runs/${relative('.', name)}`, formatYaml(config.resolved)));
      assertSame(essence(again), essence(config));
      assert.equal(again.warnings, []);
    } finally {
      await folder.remove();
    }
  });
}

test('every kind that a stage reads is made by one, and a from of another kind is refused before anything runs', async () => {
  const made = [...catalog.stages.values()].flatMap(({ makes }) => makes ?? []);
  for (const { reads = [], uses } of catalog.stages.values()) for (const kind of reads) assert.ok(made.includes(kind), `${uses} reads ${kind}`);
  const refused = await loadConfig(join(root, 'monet2photo.yaml'), ['stages.train.from=resize'], catalog, root);
  assert.ok(!refused.ok);
  assert.is(refused.failure.code, 'stage-inputs');
  assert.match(refused.failure.message, 'train reads from resize, which makes images');
  assert.match(refused.failure.hint!, 'write from: normalize');
});

test.run();
