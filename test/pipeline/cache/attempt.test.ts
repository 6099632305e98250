import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerName, ownerOf, self } from '../../../pipeline/cache/owner.ts';
import { inTemporaryCache, value } from './temporary-cache.ts';

test('every attempt has empty folders of its own, which remove() takes away', async () => {
  await inTemporaryCache(async (cache) => {
    const attempts = [value(await cache.attempt('draw')), value(await cache.attempt('draw'))];
    assert.is(new Set(attempts.map((attempt) => attempt.folder)).size, 2);
    for (const attempt of attempts) {
      assert.equal([readdirSync(attempt.out), readdirSync(attempt.scratch)], [[], []]);
      writeFileSync(path.join(attempt.scratch, 'left over'), '');
      await attempt.remove();
      assert.not.ok(existsSync(attempt.folder));
      await attempt.remove();
    }
  });
});

test("dead processes' work is removed, and strangers' that nobody has touched for a day; no other", async () => {
  await inTemporaryCache(async (cache, root) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const dead = ownerName((await ownerOf(child.pid!))!);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const alive = ownerName(await self());
    const elsewhere = ownerName({ ...(await self()), host: '00000000', boot: '00000000' });
    const silent = ownerName({ ...(await self()), host: '00000000', boot: '00000000' });
    const folders = [dead, alive, elsewhere, silent, 'of a user'];
    for (const name of folders) mkdirSync(path.join(root, '.giverny/work', name, 'out'), { recursive: true });
    const dayAgo = Date.now() / 1000 - 25 * 60 * 60;
    for (const name of [silent, alive]) utimesSync(path.join(root, '.giverny/work', name), dayAgo, dayAgo);
    mkdirSync(path.join(root, '.giverny/cache/tmp'), { recursive: true });
    for (const name of [dead, alive]) writeFileSync(path.join(root, '.giverny/cache/tmp', name), 'half');
    const attempt = value(await cache.attempt('draw'));
    assert.equal(readdirSync(path.join(root, '.giverny/work')).sort(), [alive, elsewhere, 'of a user', attempt.id].sort());
    assert.equal(readdirSync(path.join(root, '.giverny/cache/tmp')), [alive]);
  });
});

test.run();
