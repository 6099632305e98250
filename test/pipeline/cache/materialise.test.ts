import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerName, ownerOf } from '../../../pipeline/cache/owner.ts';
import { failureOf, inTemporaryCache, randomTree, readTree, storeTree, value } from './temporary-cache.ts';

const all = (): boolean => true;

test('only what is missing or differs is copied; other files stay; a second time nothing is', async () => {
  await inTemporaryCache(async (cache, root) => {
    const tree = new Map(['1', '2', '3', '4'].map((name) => [`files/${name}`, Buffer.from(name)]));
    const entry = await storeTree(cache, 1, tree);
    const folder = path.join(root, 'run');
    mkdirSync(path.join(folder, 'files'), { recursive: true });
    writeFileSync(path.join(folder, 'files/1'), '1');
    writeFileSync(path.join(folder, 'files/2'), 'X'); // the same size
    writeFileSync(path.join(folder, 'files/3'), 'longer');
    writeFileSync(path.join(folder, 'mine'), 'mine');
    const copied = async () => value(await cache.materialise(entry, all, folder)).copied.map((file) => file.path);
    assert.equal(await copied(), ['files/2', 'files/3', 'files/4']);
    assert.equal(readTree(folder), new Map([...tree, ['mine', Buffer.from('mine')]]));
    assert.equal(await copied(), []);
  });
});

test('the filter says which files; copies may be written, without harm to the cache', async () => {
  await inTemporaryCache(async (cache, root) => {
    const entry = await storeTree(cache, 1, randomTree(5));
    const folder = path.join(root, 'run');
    const { copied } = value(await cache.materialise(entry, (file) => file.path === 'files/large', folder));
    assert.equal(copied.map((file) => file.path), ['files/large']);
    assert.ok(statSync(path.join(folder, 'files/large')).mode & 0o200);
    writeFileSync(path.join(folder, 'files/large'), 'mine now');
    assert.equal(await cache.check(entry), []);
  });
});

test('a damaged object is never copied, large or small: it is named and quarantined', async () => {
  await inTemporaryCache(async (cache, root) => {
    const large = Buffer.alloc((1 << 20) + 5, 1);
    const tree = new Map([['files/large', large], ['files/small', Buffer.from('small')], ['files/sound', Buffer.from('sound')]]);
    const entry = await storeTree(cache, 1, tree);
    for (const name of ['files/large', 'files/small']) {
      const object = cache.input(entry, 'draw').locate(name);
      const content = readFileSync(object);
      content[2] = content[2]! ^ 1;
      chmodSync(object, 0o644);
      writeFileSync(object, content);
    }
    const folder = path.join(root, 'run');
    const { copied, damaged } = value(await cache.materialise(entry, all, folder));
    assert.equal(damaged.map((file) => file.path), ['files/large', 'files/small']);
    assert.equal(copied.map((file) => file.path), ['files/sound']);
    assert.equal([...readTree(folder).keys()], ['files/sound']);
    assert.is((await cache.find(entry.key)).state, 'damaged');
    rmSync(folder, { recursive: true });
    const again = value(await cache.materialise(entry, all, folder)); // now the objects are gone altogether
    assert.equal(again.damaged.map((file) => file.path), ['files/large', 'files/small']);
  });
});

test('a link in the place of a file is replaced, not written through', async () => {
  await inTemporaryCache(async (cache, root) => {
    const entry = await storeTree(cache, 1, new Map([['files/1', Buffer.from('one')]]));
    const folder = path.join(root, 'run');
    mkdirSync(path.join(folder, 'files'), { recursive: true });
    writeFileSync(path.join(root, 'precious'), 'precious');
    symlinkSync(path.join(root, 'precious'), path.join(folder, 'files/1'));
    value(await cache.materialise(entry, all, folder));
    assert.ok(lstatSync(path.join(folder, 'files/1')).isFile());
    assert.is(readFileSync(path.join(root, 'precious'), 'utf8'), 'precious');
  });
});

test('a folder in the place of a file is one clear failure that names it', async () => {
  await inTemporaryCache(async (cache, root) => {
    const entry = await storeTree(cache, 1, new Map([['files/1', Buffer.from('one')]]));
    mkdirSync(path.join(root, 'run/files/1/inside'), { recursive: true });
    const failure = failureOf(await cache.materialise(entry, all, path.join(root, 'run')));
    assert.is(failure.code, 'cache-unwritable');
    assert.match(failure.message, path.join('run', 'files', '1'));
    assert.equal([...readTree(path.join(root, 'run')).keys()], []);
  });
});

test('what a process left that died while copying is removed at the next copy', async () => {
  await inTemporaryCache(async (cache, root) => {
    const entry = await storeTree(cache, 1, new Map([['files/1', Buffer.from('one')]]));
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const dead = ownerName((await ownerOf(child.pid!))!);
    child.kill('SIGKILL');
    await once(child, 'exit');
    mkdirSync(path.join(root, 'run/files'), { recursive: true });
    writeFileSync(path.join(root, 'run/files', `.giverny-${dead}`), 'half');
    value(await cache.materialise(entry, all, path.join(root, 'run')));
    assert.equal([...readTree(path.join(root, 'run')).keys()], ['files/1']);
  });
});

test.run();
