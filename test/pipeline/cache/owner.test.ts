import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { uptime } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { livenessOf, ownerName, ownerOf, parseOwnerName, self } from '../../../pipeline/cache/owner.ts';

const idle = 'setInterval(() => {}, 1000)';

test('a name says who owns it, and is never given twice', async () => {
  const owner = await self();
  const names = new Set(Array.from({ length: 100 }, () => ownerName(owner)));
  assert.is(names.size, 100);
  for (const name of names) assert.equal(parseOwnerName(name), owner);
  for (const name of ['', 'a.json', `${[...names][0]}x`, '.nfs0000']) assert.is(parseOwnerName(name), undefined);
});

test('this process is alive; one that has ended is dead; so is a later one with the same id', async () => {
  assert.is(await livenessOf(await self()), 'alive');
  const child = spawn(process.execPath, ['-e', idle]);
  const owner = (await ownerOf(child.pid!))!;
  assert.is(await livenessOf(owner), 'alive');
  assert.is(await livenessOf({ ...owner, started: String(Number(owner.started) - 1) }), 'dead');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.is(await livenessOf(owner), 'dead');
  assert.is(await ownerOf(owner.pid), undefined);
});

test('of another machine or container nothing is known; of this one before its last start, that all are dead', async () => {
  const owner = await self();
  assert.is(await livenessOf({ ...owner, host: '00000000' }), 'elsewhere');
  assert.is(await livenessOf({ ...owner, namespace: '00000000' }), 'elsewhere');
  // Another start of a machine of this name: this one, or, where a sign of life came since, another with the same name.
  const before = { ...owner, boot: '00000000' };
  const booted = Date.now() - uptime() * 1000;
  assert.is(await livenessOf(before), 'elsewhere');
  assert.is(await livenessOf(before, booted - 120_000), 'dead');
  assert.is(await livenessOf(before, booted + 1000), 'elsewhere');
});

test.run();
