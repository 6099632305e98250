import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ifThere, insist, insistSync } from '../../../pipeline/cache/reading.ts';

/** Fails so often, with this code, before it gives 7. */
function moody(times: number, code: string): () => number {
  let left = times;
  return () => {
    if (left-- > 0) throw Object.assign(new Error(code), { code });
    return 7;
  };
}

test('a disk that fails for a moment is asked again; what it still refuses is thrown, and so is at once what waiting cannot mend', async () => {
  for (const code of ['EIO', 'EMFILE', 'ESTALE']) {
    assert.is(await insist(moody(2, code)), 7);
    assert.is(insistSync(moody(2, code)), 7);
    assert.is(ifThere(moody(1, code)), 7);
  }
  assert.throws(() => ifThere(moody(99, 'EIO')), /EIO/);
  assert.throws(() => insistSync(moody(1, 'EACCES')), /EACCES/);
  const refused = await insist(moody(1, 'EACCES')).catch((error: Error) => error.message);
  assert.is(refused, 'EACCES');
});

test('nothing is there: no file, a file where a folder should be, a folder, a link to itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-reading-'));
  try {
    symlinkSync('itself', join(folder, 'itself'));
    for (const name of ['missing', 'missing/below', '.', 'itself']) assert.is(ifThere(() => readFileSync(join(folder, name))), undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
