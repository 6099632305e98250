import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asError, failureOfThrown, thrownError } from '../../../pipeline/execute/thrown.ts';

test('an error keeps message, stack, code and path over the way to another process and back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-thrown-'));
  try {
    const error = await readFile(join(folder, 'absent')).then(() => assert.unreachable(), (thrown: unknown) => thrown);
    const sent = structuredClone(thrownError(error));
    assert.is(sent.code, 'ENOENT');
    assert.equal({ ...thrownError(asError(sent)), name: sent.name }, sent);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what the disk or the system refuses is a failure of theirs; everything else is a bug', () => {
  const code = (errno: string, path?: string) =>
    failureOfThrown({ name: 'Error', message: errno, stack: '', code: errno, ...(path === undefined ? {} : { path }) }, 'resize', { given: ['/work-folder'], cache: '/cache', log: 'logs/resize.log' }).code;
  assert.is(code('ENOSPC'), 'cache-full');
  assert.is(code('EDQUOT', '/anywhere'), 'cache-full');
  assert.is(code('EROFS', '/work-folder/out/a.png'), 'cache-unwritable');
  assert.is(code('EACCES', '/somebody/else'), 'stage-crashed');
  assert.is(code('EACCES', '/cache/objects/ab'), 'cache-unwritable');
  assert.is(code('ENOENT', '/cache/objects/ab'), 'cache-unwritable');
  assert.is(code('ENOENT', '/work-folder/out/a.png'), 'stage-crashed');
  for (const errno of ['EIO', 'EMFILE']) assert.is(code(errno), 'cache-unwritable');
  assert.is(failureOfThrown(thrownError('a text'), 'resize', { given: [], cache: '/cache', log: 'logs/resize.log' }).message, 'resize crashed: a text');
});

test.run();
