import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestFile, digestText, listFolder, listingText, parseListing, staysInside } from '../../../pipeline/plan/digest.ts';
import { inTemporaryFolder, randomTree, writeTree } from '../cache/temporary-cache.ts';

const digestFolder = async (folder: string): Promise<string> => digestText(listingText(await listFolder(folder)));

test('a file has the sha256 of its bytes, whatever its size', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const bytes of [0, 1, 4096, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000]) {
      const content = Buffer.alloc(bytes, bytes % 251);
      const file = path.join(folder, String(bytes));
      writeFileSync(file, content);
      assert.is(await digestFile(file), createHash('sha256').update(content).digest('hex'));
    }
    assert.is(digestText('é'), createHash('sha256').update(Buffer.from('é')).digest('hex'));
  });
});

test('a listing can be read back', async () => {
  await inTemporaryFolder(async (root) => {
    for (let seed = 0; seed < 10; seed += 1) {
      const folder = path.join(root, String(seed));
      mkdirSync(folder);
      writeTree(folder, randomTree(seed));
      const files = await listFolder(folder);
      assert.equal(files.map((file) => file.path), [...randomTree(seed).keys()]);
      assert.equal(parseListing(listingText(files)), files);
      assert.is(listingText([...files].reverse()), listingText(files));
    }
  });
});

test('the digest of a folder changes with any name or content, and with nothing else', async () => {
  await inTemporaryFolder(async (root) => {
    const folder = path.join(root, 'data');
    mkdirSync(path.join(folder, 'sub'), { recursive: true });
    const file = (name: string): string => path.join(folder, name);
    writeFileSync(file('a'), 'A');
    writeFileSync(file('sub/b'), 'B');
    const seen = [await digestFolder(folder)];
    utimesSync(file('a'), 1, 1);
    mkdirSync(file('empty'));
    assert.is(await digestFolder(folder), seen[0]);
    const changes: readonly (() => void)[] = [
      () => writeFileSync(file('a'), 'a'),
      () => renameSync(file('a'), file('c')),
      () => renameSync(file('c'), file('sub/c')),
      () => [writeFileSync(file('sub/b'), 'a'), writeFileSync(file('sub/c'), 'B')],
      () => writeFileSync(file('d'), ''),
    ];
    for (const change of changes) {
      change();
      const digest = await digestFolder(folder);
      assert.not.ok(seen.includes(digest));
      seen.push(digest);
    }
    renameSync(folder, path.join(root, 'elsewhere'));
    assert.is(await digestFolder(path.join(root, 'elsewhere')), seen.at(-1));
  });
});

test('links are followed, and a circle of them ends', async () => {
  await inTemporaryFolder(async (root) => {
    mkdirSync(path.join(root, 'data/sub'), { recursive: true });
    mkdirSync(path.join(root, 'other'));
    writeFileSync(path.join(root, 'other/x'), 'x');
    symlinkSync(path.join(root, 'other'), path.join(root, 'data/linked'));
    symlinkSync(path.join(root, 'other/x'), path.join(root, 'data/y'));
    symlinkSync(path.join(root, 'data'), path.join(root, 'data/sub/up'));
    assert.equal((await listFolder(path.join(root, 'data'))).map((file) => file.path), ['linked/x', 'y']);
  });
});

test('a listing that names a path outside its folder, or is none, is refused', () => {
  const digest = digestText('');
  const names = ['../x', '/x', 'a/../../x', 'a//b', './a', '', 'a\\b', 'a\0'];
  for (const name of names) {
    assert.not.ok(staysInside(name), name);
    assert.is(parseListing(JSON.stringify([[name, digest, 0]])), undefined);
  }
  for (const text of ['', '{}', '[1]', '[["a","b",1]]', `[["a","${digest}"]]`]) assert.is(parseListing(text), undefined);
  assert.equal(parseListing(JSON.stringify([['a/..b', digest, 0]])), [{ path: 'a/..b', digest, bytes: 0 }]);
});

test.run();
