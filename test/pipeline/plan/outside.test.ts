import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestText } from '../../../pipeline/plan/digest.ts';
import { readOutside } from '../../../pipeline/plan/outside.ts';
import { failureOf, inTemporaryFolder, value } from '../cache/temporary-cache.ts';

test('a file has the digest of its bytes; a folder that of its listing, which is told', async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(path.join(folder, 'data'));
    writeFileSync(path.join(folder, 'data/a'), 'A');
    const file = value(await readOutside({ name: 'x', path: path.join(folder, 'data/a') }));
    assert.equal(file, { name: 'x', digest: digestText('A') });
    const whole = value(await readOutside({ name: 'x', path: path.join(folder, 'data') }));
    assert.is(whole.digest, digestText(whole.listing!));
    assert.equal(whole.files, [{ path: 'a', digest: digestText('A'), bytes: 1 }]);
  });
});

test('of a folder only the files that count, in whatever order they are named', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const name of ['a', 'b', 'c']) writeFileSync(path.join(folder, name), name);
    const read = (only: readonly string[]) => readOutside({ name: 'x', path: folder, only });
    const some = value(await read(['c', 'a']));
    assert.equal(some.files!.map((file) => file.path), ['a', 'c']);
    writeFileSync(path.join(folder, 'b'), 'another');
    assert.is(value(await read(['a', 'c'])).digest, some.digest);
    writeFileSync(path.join(folder, 'c'), 'another');
    assert.is.not(value(await read(['a', 'c'])).digest, some.digest);
    assert.match(failureOf(await read(['a', 'd'])).message, /d does not exist$/);
  });
});

test('the digester that is given reads every file', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(path.join(folder, 'a'), 'A');
    const asked: string[] = [];
    const digester = (file: string): Promise<string> => {
      asked.push(path.basename(file));
      return Promise.resolve(digestText('told'));
    };
    const { files } = value(await readOutside({ name: 'x', path: folder }, digester));
    assert.equal([asked, files![0]!.digest], [['a'], digestText('told')]);
  });
});

test('what is not there, is no file, or may not be read, is one failure that says so', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(path.join(folder, 'file'), '');
    const messageOf = async (name: string): Promise<string> => {
      const failure = failureOf(await readOutside({ name: 'x', path: path.join(folder, name) }));
      assert.is(failure.code, 'outside-input-missing');
      return failure.message.slice(failure.message.indexOf(' ') + 1);
    };
    assert.is(await messageOf('nothing'), 'does not exist');
    assert.is(await messageOf('file/below'), 'does not exist');
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    assert.is(await messageOf('pipe'), 'is neither a file nor a folder');
    if (process.getuid?.() === 0) return void console.log('not tried as root: a file that may not be read');
    chmodSync(path.join(folder, 'file'), 0);
    assert.is(await messageOf('file'), 'may not be read');
  });
});

const mayLink = process.platform !== 'win32';
if (!mayLink) console.log('skipped: links, which need rights here');
(mayLink ? test : test.skip)('what cannot be read within a folder is named itself, not the folder', async () => {
  await inTemporaryFolder(async (folder) => {
    const [gone, loop] = [path.join(folder, 'photos/gone.jpg'), path.join(folder, 'photos/loop')];
    mkdirSync(path.join(folder, 'photos'));
    symlinkSync('/nowhere/at all.jpg', gone);
    const data = { name: 'x', path: folder, where: { file: 'a.yaml', line: 3 } };
    const failure = failureOf(await readOutside(data));
    assert.is(failure.message, `${gone} is a link to something that does not exist`);
    assert.equal(failure.where, data.where);
    rmSync(gone);
    symlinkSync(loop, loop);
    assert.is(failureOf(await readOutside(data)).message, `${loop} is a link that leads back to itself`);
    assert.is(failureOf(await readOutside({ name: 'x', path: loop })).message, `${loop} is a link that leads back to itself`);
  });
});

test.run();
