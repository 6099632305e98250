import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerName, self } from '../../../pipeline/cache/owner.ts';
import type { RunRecord } from '../../../pipeline/run-folder/run-record.ts';
import { recordNow } from '../../../pipeline/run-folder/run-state.ts';

const test = suite<{ root: string }>('what a record means now');

/** Of a run that a process on another machine says it works in. */
async function runElsewhere(): Promise<RunRecord> {
  const owner = ownerName({ ...(await self()), host: '00000000' });
  return {
    schema: 1, name: 'study', digest: 'a'.repeat(64), configDigest: '', state: 'running', process: { pid: 1, owner }, command: [],
    startedAt: '2026-01-01T00:00:00.000Z', stages: { train: { state: 'running', uses: 'train' } }, files: [], summary: [],
  };
}

test.before.each((context) => {
  context.root = mkdtempSync(path.join(tmpdir(), 'giverny-state-'));
});
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

test('a run elsewhere whose lock nobody holds was interrupted, with its stage', async ({ root }) => {
  const { state, stages } = await recordNow(await runElsewhere(), root);
  assert.equal([state, stages['train']!.state], ['interrupted', 'interrupted']);
});

test('a run elsewhere whose lock cannot be looked at is not given up', async ({ root }) => {
  mkdirSync(path.join(root, '.giverny/cache'), { recursive: true });
  writeFileSync(path.join(root, '.giverny/cache/leases'), 'a file where a folder should be');
  assert.is((await recordNow(await runElsewhere(), root)).state, 'running');
});

test.run();
