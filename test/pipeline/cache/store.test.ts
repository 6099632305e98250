import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache } from '../../../pipeline/cache/cache.ts';
import { digestText } from '../../../pipeline/plan/digest.ts';
import {
  failureOf, inTemporaryCache, inTemporaryFolder, lookup, objectFiles, randomTree, readTree, storeRequest, storeTree, value,
} from './temporary-cache.ts';

test('what is stored comes back byte for byte, for thirty random trees', async () => {
  await inTemporaryCache(async (cache, root) => {
    for (let seed = 0; seed < 30; seed += 1) {
      const tree = randomTree(seed);
      const stored = await storeTree(cache, seed, tree);
      const found = await lookup(cache, stored.key);
      assert.equal(found, stored);
      const folder = path.join(root, `copy-${seed}`);
      mkdirSync(folder);
      const { copied, damaged } = value(await cache.materialise(stored, () => true, folder));
      assert.equal(copied.length, tree.size);
      assert.equal(damaged, []);
      assert.equal(readTree(folder), tree);
    }
  });
});

test('inputs are read in place, read-only, under names that only locate() knows', async () => {
  await inTemporaryCache(async (cache) => {
    const tree = randomTree(5);
    const input = cache.input(await storeTree(cache, 1, tree), 'painted');
    assert.is(input.stage, 'painted');
    assert.equal(input.files.map((file) => file.path), [...tree.keys()]);
    for (const [name, content] of tree) {
      assert.equal(readFileSync(input.locate(name)), content);
      assert.is(statSync(input.locate(name)).mode & 0o222, 0);
    }
    assert.throws(() => input.locate('files/nothing'), /has no output/);
  });
});

test('a stage that reads another is not given its records: they are in no digest', async () => {
  await inTemporaryCache(async (cache) => {
    const outputs = [{ path: 'model', kind: 'reproducible' }, { path: 'log', kind: 'record' }] as const;
    const entry = await storeTree(cache, 1, new Map([['model', Buffer.from('a')], ['log', Buffer.from('at noon')]]), { outputs });
    const input = cache.input(entry, 'train');
    assert.equal(input.files.map((file) => file.path), ['model']);
    assert.throws(() => input.locate('log'), /has no output/);
  });
});

test('the output digest is that of names and contents: renames and swaps change it, times, modes and records do not', async () => {
  await inTemporaryCache(async (cache) => {
    const a = Buffer.from('a');
    const b = Buffer.from('b');
    const outputs = [{ path: 'files/', kind: 'reproducible' }, { path: 'log', kind: 'record' }] as const;
    const digest = async (tree: ReadonlyMap<string, Buffer>): Promise<string> =>
      (await storeTree(cache, 1, new Map([...tree, ['log', Buffer.from(String(tree.size))]]), { outputs })).outputs;
    const plain = await digest(new Map([['files/1', a], ['files/2', b]]));
    assert.is(await digest(new Map([['files/2', b], ['files/1', a]])), plain);
    assert.is.not(await digest(new Map([['files/1', b], ['files/2', a]])), plain);
    assert.is.not(await digest(new Map([['files/1', a], ['files/3', b]])), plain);
    assert.is.not(await digest(new Map([['files/1', a]])), plain);
    const attempt = value(await cache.attempt('draw'));
    mkdirSync(path.join(attempt.out, 'files'));
    for (const [name, content] of [['files/1', 'a'], ['files/2', 'b'], ['log', 'another time']] as const) {
      writeFileSync(path.join(attempt.out, name), content);
      chmodSync(path.join(attempt.out, name), 0o700);
    }
    assert.is(value(await cache.store(storeRequest(1, attempt.out, { outputs }))).outputs, plain);
  });
});

test('a declared output that is missing is a failure, an optional one is not, and nothing is stored', async () => {
  await inTemporaryCache(async (cache) => {
    const outputs = [{ path: 'model.json', kind: 'reproducible' }, { path: 'samples/', kind: 'reproducible' }] as const;
    const attempt = value(await cache.attempt('draw'));
    mkdirSync(path.join(attempt.out, 'samples'));
    const request = storeRequest(1, attempt.out, { outputs });
    const failure = failureOf(await cache.store(request));
    assert.is(failure.code, 'stage-output-missing');
    assert.match(failure.message, 'model.json, samples/');
    assert.is(await lookup(cache, request.key), undefined);
    const optional = outputs.map((each) => ({ ...each, optional: true }));
    assert.equal(value(await cache.store({ ...request, outputs: optional })).files, []);
  });
});

test('an undeclared file is left out, with a warning', async () => {
  await inTemporaryCache(async (cache) => {
    const warnings: string[] = [];
    const tree = new Map([['files/1', Buffer.from('1')], ['notes.txt', Buffer.from('2')]]);
    const entry = await storeTree(cache, 1, tree, { warn: (line) => warnings.push(line) });
    assert.equal(entry.files.map((file) => file.path), ['files/1']);
    assert.equal(warnings, ['draw wrote notes.txt, which it does not declare: not kept']);
  });
});

test('the closest declaration says what kind of output a file is', async () => {
  await inTemporaryCache(async (cache) => {
    const outputs = [
      { path: 'files/', kind: 'reproducible' }, { path: 'files/log/', kind: 'record' }, { path: 'files/log/kept', kind: 'reproducible' },
    ] as const;
    const names = ['files/1', 'files/log/events', 'files/log/kept'];
    const entry = await storeTree(cache, 1, new Map(names.map((name) => [name, Buffer.from(name)])), { outputs });
    assert.equal(entry.files.map((file) => file.kind), ['reproducible', 'record', 'reproducible']);
  });
});

test('links within the output folder become files; links out of it, to folders and to nowhere, and pipes, are refused', async () => {
  await inTemporaryCache(async (cache, root) => {
    writeFileSync(path.join(root, 'secret'), 'secret');
    const tried = async (make: (files: string) => void) => {
      const attempt = value(await cache.attempt('draw'));
      mkdirSync(path.join(attempt.out, 'files/folder'), { recursive: true });
      writeFileSync(path.join(attempt.out, 'files/real'), 'real');
      make(path.join(attempt.out, 'files'));
      return cache.store(storeRequest(1, attempt.out));
    };
    const entry = value(await tried((files) => symlinkSync('real', path.join(files, 'a-link'))));
    assert.equal(entry.files.map(({ path: name, digest }) => [name, digest]), [
      ['files/a-link', digestText('real')], ['files/real', digestText('real')],
    ]);
    assert.equal(await cache.check(entry), []);
    const refused: readonly ((files: string) => void)[] = [
      (files) => symlinkSync(path.join(root, 'secret'), path.join(files, 'link')),
      (files) => symlinkSync('../../../../../secret', path.join(files, 'link')),
      (files) => symlinkSync('folder', path.join(files, 'link')),
      (files) => symlinkSync('nothing', path.join(files, 'link')),
      (files) => writeFileSync(path.join(files, 'back\\slash'), ''),
    ];
    for (const make of refused) assert.is(failureOf(await tried(make)).code, 'stage-output-unusable');
    if (process.platform === 'win32') return;
    const pipe = (files: string) => execFileSync('mkfifo', [path.join(files, 'pipe')]);
    assert.is(failureOf(await tried(pipe)).code, 'stage-output-unusable');
  });
});

test('a file with another name outside is copied, so that writing there does not reach the cache', async () => {
  await inTemporaryCache(async (cache, root) => {
    const outside = path.join(root, 'outside');
    writeFileSync(outside, 'before');
    const attempt = value(await cache.attempt('draw'));
    mkdirSync(path.join(attempt.out, 'files'));
    linkSync(outside, path.join(attempt.out, 'files/1'));
    const entry = value(await cache.store(storeRequest(1, attempt.out)));
    writeFileSync(outside, 'after!');
    assert.equal(await cache.check(entry), []);
    assert.is(entry.files[0]!.digest, digestText('before'));
  });
});

test('equal contents are kept once', async () => {
  await inTemporaryCache(async (cache, root) => {
    const tree = new Map(Array.from({ length: 20 }, (_, index) => [`files/${index}`, Buffer.from('same')]));
    const entry = await storeTree(cache, 1, tree);
    assert.is(entry.files.length, 20);
    assert.is(objectFiles(root).length, 2); // the content and the listing
  });
});

test('opening writes nothing; a file in the way is one clear failure', async () => {
  await inTemporaryFolder(async (folder) => {
    const cache = value(await openCache(path.join(folder, 'new')));
    assert.is(await lookup(cache, '0'.repeat(64)), undefined);
    assert.equal(readTree(folder), new Map());
    writeFileSync(path.join(folder, '.giverny'), '');
    const failure = failureOf(await openCache(folder));
    assert.is(failure.code, 'cache-unwritable');
    assert.match(failure.message, '.giverny is not a folder');
  });
});

const mayWriteEverywhere = process.getuid?.() === 0 || process.platform === 'win32';
if (mayWriteEverywhere) console.log('skipped: a read-only cache, for root may write everywhere');
(mayWriteEverywhere ? test.skip : test)('a read-only cache serves hits and says that it cannot be written', async () => {
  await inTemporaryCache(async (cache, root) => {
    const entry = await storeTree(cache, 1, randomTree(3));
    const locked = ['.giverny', '.giverny/cache', '.giverny/work'].map((name) => path.join(root, name));
    locked.forEach((folder) => chmodSync(folder, 0o555));
    assert.equal(await lookup(value(await openCache(root)), entry.key), entry);
    assert.is(failureOf(await cache.attempt('draw')).code, 'cache-unwritable');
    locked.forEach((folder) => chmodSync(folder, 0o755));
  });
});

/** Undefined where this user may mount nothing. */
function mountSmallDisk(): string | undefined {
  const disk = mkdtempSync(path.join(tmpdir(), 'giverny-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk], { stdio: 'ignore' });
    return disk;
  } catch {
    rmdirSync(disk);
    return undefined;
  }
}

const disk = mountSmallDisk();
if (disk === undefined) console.log('skipped: a full disk, for a small one cannot be mounted here');
(disk === undefined ? test.skip : test)('a full disk is `cache-full`, and leaves a cache that works', async () => {
  await inTemporaryFolder(async (root) => {
    try {
      const cache = value(await openCache(disk!));
      const folder = path.join(root, 'out');
      mkdirSync(path.join(folder, 'files'), { recursive: true });
      writeFileSync(path.join(folder, 'files/large'), Buffer.alloc(1 << 20));
      const request = storeRequest(1, folder);
      assert.is(failureOf(await cache.store(request)).code, 'cache-full');
      assert.is(await lookup(cache, request.key), undefined);
      const entry = await storeTree(cache, 2, new Map([['files/1', Buffer.from('1')]]));
      assert.equal(await lookup(cache, entry.key), entry);
      const target = value(await cache.materialise(entry, () => true, path.join(root, 'elsewhere')));
      assert.is(target.copied.length, 1);
    } finally {
      execFileSync('umount', [disk!]);
      rmdirSync(disk!);
    }
  });
});

if (process.platform === 'linux') {
  test('a place of the kernel is refused: Node would try to make folders there for ever', async () => {
    for (const root of ['/proc', '/proc/cache', '/proc/deep/er', '/sys/cache']) assert.is(failureOf(await openCache(root)).code, 'cache-unwritable', root);
  });
}

test.run();
