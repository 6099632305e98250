import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
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

test.run();
