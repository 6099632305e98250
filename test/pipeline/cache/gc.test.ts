import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CollectionLimits, Needs } from '../../../pipeline/cache/collection.ts';
import { collect } from '../../../pipeline/cache/gc.ts';
import { objectPath, layoutUnder } from '../../../pipeline/cache/layout.ts';
import { adoptObject } from '../../../pipeline/cache/objects.ts';
import { ok } from '../../../pipeline/failure.ts';
import { randomStream } from '../../../stages/random.ts';
import { inTemporaryCache, lookup, objectFiles, randomTree, storeTree, value } from './temporary-cache.ts';

const gc = async (root: string, kept: (key: string) => boolean, limits: Partial<CollectionLimits> = {}) => {
  const needs: Needs = { ofEntry: ({ key }) => (kept(key) ? ['a run'] : []), ofCheckpoints: () => undefined };
  return value(await collect(layoutUnder(root), { checkpoints: false, ...limits }, async () => ok(needs), { stop: new AbortController().signal }));
};

test('random caches: what is kept stays whole, and nothing of the rest is left', async () => {
  for (let seed = 0; seed < 6; seed += 1) {
    await inTemporaryCache(async (cache, root) => {
      const random = randomStream(seed, 'gc');
      const entries = [];
      // Trees of few kinds of content, so that objects are shared between what stays and what goes.
      for (let index = 0; index < 6; index += 1) entries.push(await storeTree(cache, { index }, randomTree(seed * 3 + random.integer(3), 8)));
      const kept = new Set(entries.filter(() => random.integer(2) === 0).map(({ key }) => key));
      const before = objectFiles(root).length;
      const { after } = await gc(root, (key) => kept.has(key));
      const needed = new Set(entries.filter(({ key }) => kept.has(key)).flatMap(({ outputs, files }) => [outputs, ...files.map(({ digest }) => digest)]));
      assert.equal(objectFiles(root).map((file) => path.basename(file)).sort(), [...needed].sort());
      assert.ok(objectFiles(root).length <= before);
      for (const entry of entries) {
        const found = await lookup(cache, entry.key);
        assert.is(found !== undefined, kept.has(entry.key));
        if (found !== undefined) assert.equal(await cache.check(found), []);
      }
      assert.is(after === 0, needed.size === 0);
    });
  }
});

test('objects that a living attempt has stored stay, although no key names them yet', async () => {
  await inTemporaryCache(async (cache, root) => {
    const layout = layoutUnder(root);
    const attempt = value(await cache.attempt('draw'));
    const file = path.join(attempt.out, 'x');
    writeFileSync(file, 'half stored');
    const { digest } = await adoptObject(layout, file);
    await gc(root, () => false);
    assert.equal(objectFiles(root), [objectPath(layout, digest)]);
    await attempt.remove();
    await gc(root, () => false);
    assert.equal(objectFiles(root), []);
  });
});

test('an object that belongs to what goes, and is just being stored again, stays', async () => {
  await inTemporaryCache(async (cache, root) => {
    const layout = layoutUnder(root);
    const old = await storeTree(cache, 'old', new Map([['files/x', Buffer.from('shared')]]));
    const attempt = value(await cache.attempt('draw'));
    const file = path.join(attempt.out, 'x');
    writeFileSync(file, 'shared');
    const { digest } = await adoptObject(layout, file);
    await gc(root, () => false);
    assert.is(await lookup(cache, old.key), undefined);
    assert.equal(objectFiles(root), [objectPath(layout, digest)]);
    await attempt.remove();
  });
});

test('stores and collections at once: every entry that is needed is whole at the end', async () => {
  await inTemporaryCache(async (cache, root) => {
    let storing = true;
    const collections = (async () => {
      let count = 0;
      for (; storing; count += 1) await gc(root, (key) => key.charCodeAt(0) % 2 === 0);
      return count;
    })();
    const entries = [];
    for (let index = 0; index < 40; index += 1) entries.push(await storeTree(cache, { index }, new Map([['files/same', Buffer.from('same')], [`files/${index % 7}`, Buffer.alloc(100, index % 7)]])));
    storing = false;
    assert.ok((await collections) > 3);
    for (const entry of entries.filter(({ key }) => key.charCodeAt(0) % 2 === 0)) {
      const found = await lookup(cache, entry.key);
      assert.ok(found, 'a needed key is there');
      assert.equal(await cache.check(found), []);
    }
  });
});

test('an empty and a missing cache have nothing to free', async () => {
  await inTemporaryCache(async (_cache, root) => {
    assert.is((await gc(root, () => false)).after, 0);
    rmSync(path.join(root, '.giverny'), { recursive: true, force: true });
    assert.is((await gc(root, () => false)).before, 0);
  });
});

test.run();
