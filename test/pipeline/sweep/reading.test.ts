// A disk that fails for a moment has damaged nothing: nobody is told to remove a result because it could not be read.
import fs from 'node:fs/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jobResultFile, jobSchema, readJobDescription, readJobResult, writeJobResult } from '../../../pipeline/sweep/job.ts';
import { readSweepRecord } from '../../../pipeline/sweep/sweep-record.ts';

const { readFile } = fs;

/** The next `times` reads of a file fail with `code`. */
async function failing<T>(code: string, times: number, read: () => Promise<T>): Promise<T> {
  let left = times;
  fs.readFile = (async (...args: Parameters<typeof readFile>) => {
    left -= 1;
    if (left >= 0) throw Object.assign(new Error(`${code}: made by a test`), { code });
    return readFile(...args);
  }) as typeof readFile;
  syncBuiltinESMExports();
  try {
    return await read();
  } finally {
    fs.readFile = readFile;
    syncBuiltinESMExports();
  }
}

test('what cannot be read for a moment is read again; what the disk refuses is named as that; only what was read can be damaged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-reading-'));
  try {
    const result = { schema: jobSchema, job: 'a', identity: 'i', state: 'done', host: '', process: { pid: 1, owner: 'o' }, startedAt: '', failures: [] } as const;
    assert.ok((await writeJobResult(folder, result)).ok);
    const code = (read: Awaited<ReturnType<typeof readJobResult>> | Awaited<ReturnType<typeof readSweepRecord>>): string => (read.ok ? 'read' : read.failure.code);
    for (const errno of ['EIO', 'ESTALE', 'EMFILE']) {
      assert.equal(await failing(errno, 1, () => readJobResult(folder, 'a')), { ok: true, value: result }, errno);
      assert.is(code(await failing(errno, 99, () => readJobResult(folder, 'a'))), 'cache-unwritable', errno);
    }
    assert.is(code(await failing('EACCES', 1, () => readSweepRecord(folder))), 'cache-unwritable');
    assert.is(code(await failing('EIO', 1, () => readSweepRecord(folder))), 'sweep-not-found');
    const description = await failing('EACCES', 1, () => readJobDescription(folder, 'a'));
    assert.ok(!description.ok && description.failure.code === 'cache-unwritable');
    writeFileSync(jobResultFile(folder, 'a'), 'half');
    assert.is(code(await readJobResult(folder, 'a')), 'sweep-damaged');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
