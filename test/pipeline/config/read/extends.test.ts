import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeAt, toJson } from '../../../../pipeline/config/tree/config-node.ts';
import { readConfig } from '../../../../pipeline/config/read/extends.ts';
import { placeName } from '../../../../pipeline/config/tree/source.ts';
import type { ConfigFolder } from '../small-catalog.ts';
import { configFolder } from '../small-catalog.ts';

let folder: ConfigFolder;
test.before(async () => {
  folder = await configFolder();
});
test.after(() => folder.remove());

async function read(name: string) {
  const document = await readConfig(join(folder.path, name));
  if (!document.ok) throw new Error(document.failure.message);
  return document.value;
}

test('each file lies over the one that it extends, wherever that is', async () => {
  await folder.write('base/one.yaml', 'seed: 1\nloss: { weights: { cycle: 10, identity: 1 } }\nengine: wasm\n');
  await folder.write('base/two.yaml', 'extends: one.yaml\nseed: 2\nengine: { threads: 3 }\n');
  await folder.write('three.yaml', 'extends: base/two.yaml\nloss: { weights: { cycle: [1, 2] } }\nmodel:\n');
  const { root, layers } = await read('three.yaml');
  assert.equal(toJson(root), { seed: 2, loss: { weights: { cycle: [1, 2], identity: 1 } }, engine: { backend: 'wasm', threads: 3 }, model: null });
  assert.is(layers, 3);
  const places = [['seed'], ['loss', 'weights', 'cycle'], ['loss', 'weights', 'identity'], ['engine', 'backend']].map((path) => {
    const node = nodeAt(root, path)!;
    return `${node.layer} ${placeName(node.source, folder.path)}`;
  });
  assert.equal(places, ['1 base/two.yaml:2:7', '2 three.yaml:2:27', '0 base/one.yaml:2:41', '0 base/one.yaml:3:9']);
});

test('a file that extends itself is refused', async () => {
  await folder.write('self.yaml', 'extends: ./self.yaml\n');
  const document = await readConfig(join(folder.path, 'self.yaml'));
  assert.is(document.ok ? '' : document.failure.code, 'config-extends-cycle');
});

test('extends names one file', async () => {
  for (const value of ['[a.yaml, b.yaml]', '5', '', '{}']) {
    await folder.write('odd.yaml', `extends: ${value}\n`);
    const document = await readConfig(join(folder.path, 'odd.yaml'));
    assert.is(document.ok ? '' : document.failure.code, 'config-invalid-value', value);
  }
});

test('a mistake in an extended file is shown in that file', async () => {
  await folder.write('base/broken.yaml', 'a: [\n');
  await folder.write('over.yaml', 'extends: base/broken.yaml\n');
  const document = await readConfig(join(folder.path, 'over.yaml'));
  assert.is(document.ok ? '' : document.failure.where?.file, join(folder.path, 'base/broken.yaml'));
});

test.run();
