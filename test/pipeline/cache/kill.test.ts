// kill -9 at random while processes store: afterwards every key that hits is whole, and nothing has to be cleaned up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache } from '../../../pipeline/cache/cache.ts';
import { digestManifest } from '../../../pipeline/plan/manifest.ts';
import { randomStream } from '../../../stages/random.ts';
import { inTemporaryFolder, manifestOf, randomTree, readTree, storeTree, value } from './temporary-cache.ts';

const entry = fileURLToPath(new URL('store-process.ts', import.meta.url));
const kills = 8;

async function killWhileStoring(root: string, seed: number): Promise<void> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry, root, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  await sleep(randomStream(seed, 'kill').next() * 250);
  child.kill('SIGKILL');
  assert.equal((await exit)[1], 'SIGKILL', 'it did not end by itself');
}

test(`after each of ${kills} kills every key that hits is whole and right, and storing works`, async () => {
  await inTemporaryFolder(async (root) => {
    let hits = 0;
    for (let seed = 0; seed < kills; seed += 1) {
      await killWhileStoring(root, seed);
      const cache = value(await openCache(root));
      for (const which of [0, 1, 2]) {
        const found = await cache.find(digestManifest(manifestOf(which)));
        assert.is.not(found.state, 'damaged');
        if (found.state !== 'present') continue;
        hits += 1;
        assert.equal(await cache.check(found.entry), []);
        assert.equal(found.entry.files.map((file) => file.path), [...randomTree(10 + which, 300).keys()]);
      }
    }
    assert.ok(hits > 0, 'some stage got done');
    const cache = value(await openCache(root));
    const tree = randomTree(11, 300);
    value(await cache.materialise(await storeTree(cache, 1, tree), () => true, path.join(root, 'copy')));
    assert.equal(readTree(path.join(root, 'copy')), tree);
    for (const folder of ['.giverny/work', '.giverny/cache/tmp']) {
      assert.equal(existsSync(path.join(root, folder)) ? readdirSync(path.join(root, folder)) : [], []);
    }
  });
});

test.run();
