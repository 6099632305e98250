import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { livenessOf, ownerName, ownerOf, parseOwnerName, self } from '../../../pipeline/cache/owner.ts';
import type { Owner } from '../../../pipeline/cache/owner.ts';

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

test('after a new start of the system all are dead; of another machine or container nothing is known', async () => {
  const owner = await self();
  assert.is(await livenessOf({ ...owner, boot: '00000000' }), 'dead');
  assert.is(await livenessOf({ ...owner, boot: '00000000', host: '00000000' }), 'elsewhere');
  assert.is(await livenessOf({ ...owner, namespace: '00000000' }), 'elsewhere');
});

test('a group lives as long as one of its processes', async () => {
  if (process.platform === 'win32') return void console.log('skipped: no process groups here');
  // The leader starts a second process and ends when told to; the second stays.
  const leader = spawn(process.execPath, ['-e', `
    const member = require('node:child_process').spawn(process.execPath, ['-e', '${idle}'], { stdio: 'ignore' });
    console.log(member.pid);
    process.stdin.once('data', () => process.exit(0));
  `], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(leader.stdout!, 'data')) as [Buffer];
  const member = Number(line.toString());
  const group: Owner = (await ownerOf(leader.pid!, true))!;
  const alone: Owner = { ...group, group: false };
  assert.equal([await livenessOf(group), await livenessOf(alone)], ['alive', 'alive']);
  leader.stdin!.write('end\n');
  await once(leader, 'exit');
  assert.equal([await livenessOf(group), await livenessOf(alone)], ['alive', 'dead']);
  process.kill(member, 'SIGKILL');
  while ((await ownerOf(member)) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.is(await livenessOf(group), 'dead');
});

test.run();
