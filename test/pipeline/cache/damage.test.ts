import { chmodSync, existsSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache } from '../../../pipeline/cache/cache.ts';
import type { Cache, CacheEntry } from '../../../pipeline/cache/cache.ts';
import { randomStream } from '../../../stages/random.ts';
import { inTemporaryCache, objectFiles, randomTree, storeTree, value } from './temporary-cache.ts';

/** Each damages the file so that it differs, and says how. */
const damages: Readonly<Record<string, (file: string, seed: number) => void>> = {
  'a flipped bit': (file, seed) => {
    const content = readFileSync(file);
    if (content.length === 0) return writeFileSync(file, 'x');
    const at = randomStream(seed, 'flip').integer(content.length);
    content[at] = content[at]! ^ (1 << seed % 8);
    writeFileSync(file, content);
  },
  'a truncation': (file) => (statSync(file).size === 0 ? writeFileSync(file, 'x') : truncateSync(file, Math.max(0, statSync(file).size - 2))),
  'zeros of the same size': (file) => {
    const content = readFileSync(file);
    writeFileSync(file, content.every((byte) => byte === 0) ? Buffer.alloc(content.length + 1) : Buffer.alloc(content.length));
  },
  'a deletion': (file) => rmSync(file),
};

function damage(file: string, kind: string, seed: number): void {
  chmodSync(file, 0o644);
  damages[kind]!(file, seed);
}

/** As a user of the entry would: the stage is found damaged either at look-up or at the check before use. */
async function isFoundOut(cache: Cache, key: string): Promise<boolean> {
  const found = await cache.find(key);
  if (found.state !== 'present') return found.state === 'damaged';
  return (await cache.check(found.entry)).length > 0 && (await cache.find(key)).state === 'damaged';
}

test('whatever happens to an object or a record, it is found, the key no longer hits, and storing again heals it', async () => {
  await inTemporaryCache(async (cache, root) => {
    const tree = new Map([['files/1', Buffer.from('one')], ['files/2', Buffer.from('two')], ['files/empty', Buffer.alloc(0)]]);
    const entry = await storeTree(cache, 1, tree);
    const record = path.join(root, '.giverny/cache/keys', `${entry.key}.json`);
    let seed = 0;
    for (const kind of Object.keys(damages)) {
      for (const file of [...objectFiles(root), record]) {
        if (file === record && kind === 'a deletion') continue; // then the stage was never run, as far as anyone knows
        damage(file, kind, seed);
        assert.ok(await isFoundOut(cache, entry.key), `${kind} in ${path.relative(root, file)}`);
        const healed = await storeTree(cache, 1, tree);
        assert.is((await cache.find(healed.key)).state, 'present');
        assert.equal(await cache.check(healed), []);
        seed += 1;
      }
    }
  });
});

test('every single byte of a record counts', async () => {
  await inTemporaryCache(async (cache, root) => {
    const entry = await storeTree(cache, { text: 'a' }, new Map([['files/1', Buffer.from('one')]]));
    const record = path.join(root, '.giverny/cache/keys', `${entry.key}.json`);
    const content = readFileSync(record);
    for (let at = 0; at < content.length; at += 1) {
      const flipped = Buffer.from(content);
      flipped[at] = flipped[at]! ^ (1 << at % 8);
      writeFileSync(record, flipped);
      const found = await cache.find(entry.key);
      // A change that JSON does not see (a blank for a line break) is none.
      assert.equal(found.state === 'present' ? found.entry : entry, entry, `byte ${at}`);
    }
  });
});

test('a record put in the place of another is not taken for it', async () => {
  await inTemporaryCache(async (cache, root) => {
    const [one, two] = [await storeTree(cache, 1, randomTree(1)), await storeTree(cache, 2, randomTree(2))];
    const record = (entry: CacheEntry): string => path.join(root, '.giverny/cache/keys', `${entry.key}.json`);
    writeFileSync(record(one), readFileSync(record(two)));
    assert.is((await cache.find(one.key)).state, 'damaged');
    assert.is((await cache.find(two.key)).state, 'present');
  });
});

test('objects swapped for each other are found, also when they have the same size', async () => {
  await inTemporaryCache(async (cache) => {
    const entry = await storeTree(cache, 1, new Map([['files/1', Buffer.from('one')], ['files/2', Buffer.from('two')]]));
    const [one, two] = ['files/1', 'files/2'].map((name) => cache.input(entry, 'draw').locate(name));
    const [first, second] = [readFileSync(one!), readFileSync(two!)];
    for (const [file, content] of [[one!, second], [two!, first]] as const) {
      chmodSync(file, 0o644);
      writeFileSync(file, content);
    }
    assert.equal((await cache.check(entry)).map((file) => file.path), ['files/1', 'files/2']);
  });
});

test('a damaged object takes every key that names it out of use, and no other; it is kept in quarantine', async () => {
  await inTemporaryCache(async (cache, root) => {
    const shared = Buffer.from('shared');
    const first = await storeTree(cache, 1, new Map([['files/1', shared]]));
    const second = await storeTree(cache, 2, new Map([['files/x', shared], ['files/y', Buffer.from('own')]]));
    const third = await storeTree(cache, 3, new Map([['files/z', Buffer.from('other')]]));
    const object = cache.input(first, 'draw').locate('files/1');
    chmodSync(object, 0o644);
    writeFileSync(object, 'shareD');
    assert.equal((await cache.check(second)).map((file) => file.path), ['files/x']);
    const states = await Promise.all([first, second, third].map(async (entry) => (await cache.find(entry.key)).state));
    assert.equal(states, ['damaged', 'damaged', 'present']);
    assert.not.ok(existsSync(object));
    assert.ok(existsSync(path.join(root, '.giverny/cache/quarantine/keys', `${first.key}.json`)));
  });
});

test('a change that keeps size and modification time is seen, also once the digest was remembered', async () => {
  await inTemporaryCache(async (cache, root) => {
    const entry = await storeTree(cache, 1, new Map([['files/1', Buffer.from('one')]]));
    const object = cache.input(entry, 'draw').locate('files/1');
    const long = new Date(Date.now() - 1e6);
    chmodSync(object, 0o644);
    utimesSync(object, long, long);
    await new Promise((resolve) => setTimeout(resolve, 2100)); // only then are its times trusted
    assert.equal(await cache.check(entry), []);
    assert.ok(existsSync(path.join(root, '.giverny/cache/stat-index')));
    writeFileSync(object, 'onE');
    utimesSync(object, long, long);
    assert.is((await value(await openCache(root)).check(entry)).length, 1);
  });
});

test('check looks only at the files asked for', async () => {
  await inTemporaryCache(async (cache) => {
    const entry = await storeTree(cache, 1, new Map([['files/1', Buffer.from('one')], ['files/2', Buffer.from('two')]]));
    rmSync(cache.input(entry, 'draw').locate('files/1'));
    assert.equal(await cache.check(entry, (file) => file.path === 'files/2'), []);
    assert.equal((await cache.check(entry, (file) => file.path === 'files/1')).map((file) => file.path), ['files/1']);
  });
});

test.run();
