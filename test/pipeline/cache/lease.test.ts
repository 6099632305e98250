import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LeaseHolder } from '../../../pipeline/cache/cache.ts';
import { lastHeartbeat } from '../../../pipeline/cache/lease-files.ts';
import { ownerName, self } from '../../../pipeline/cache/owner.ts';
import { failureOf, inTemporaryCache, value } from './temporary-cache.ts';

const entry = fileURLToPath(new URL('lease-process.ts', import.meta.url));

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [data] = (await once(child.stdout!, 'data')) as [Buffer];
  return data.toString().trim();
}

const request = (more: { onWait?: (holder: LeaseHolder) => void; stop?: AbortSignal; silenceMilliseconds?: number } = {}) => ({
  stage: 'draw', stop: new AbortController().signal, ...more,
});

test('within one process, too, the second waits for the first', async () => {
  await inTemporaryCache(async (cache, root) => {
    const order: string[] = [];
    const holders: LeaseHolder[] = [];
    const first = value(await cache.lease('key', request()));
    const second = cache.lease('key', request({ onWait: (holder) => holders.push(holder) })).then((lease) => {
      order.push('second');
      return value(lease);
    });
    const other = value(await cache.lease('another key', request()));
    while (holders.length === 0) await sleep(5);
    order.push('first ends');
    await first.release();
    await (await second).release();
    await other.release();
    assert.equal(order, ['first ends', 'second']);
    assert.equal(holders.map(({ pid, stage }) => ({ pid, stage })), [{ pid: process.pid, stage: 'draw' }]);
    assert.equal(readdirSync(path.join(root, '.giverny/cache/leases')), []);
  });
});

test('tryLease answers with the holder instead of waiting', async () => {
  await inTemporaryCache(async (cache) => {
    const lease = value(await cache.lease('key', request()));
    const answer = value(await cache.tryLease('key', request()));
    assert.is('heldBy' in answer && answer.heldBy.pid, process.pid);
    await lease.release();
    const then = value(await cache.tryLease('key', request()));
    assert.ok('lease' in then);
    await then.lease.release();
  });
});

test('waiting ends at once when it is interrupted', async () => {
  await inTemporaryCache(async (cache) => {
    const lease = value(await cache.lease('key', request()));
    const stop = new AbortController();
    const waiting = cache.lease('key', request({ stop: stop.signal, onWait: () => stop.abort() }));
    assert.is(failureOf(await waiting).code, 'interrupted');
    await lease.release();
  });
});

test('three processes that race for one lease never hold it together', async () => {
  await inTemporaryCache(async (_cache, root) => {
    writeFileSync(path.join(root, 'counter'), '0');
    const children = Array.from({ length: 3 }, () => start(root, 'count', '20'));
    const ends = await Promise.all(children.map((child) => once(child, 'exit')));
    assert.equal(ends.map(([code]) => code as number), [0, 0, 0]);
    assert.is(readFileSync(path.join(root, 'counter'), 'utf8'), '60');
    assert.equal(readdirSync(path.join(root, '.giverny/cache/leases')), []);
  });
});

test("a killed holder's lease is taken over by exactly one of those who wait", async () => {
  await inTemporaryCache(async (cache, root) => {
    const holder = start(root, 'hold');
    await firstLine(holder);
    const waitedFor: number[] = [];
    let holding = 0;
    let most = 0;
    const waiting = Array.from({ length: 8 }, async () => {
      const lease = value(await cache.lease('held', request({ onWait: ({ pid }) => waitedFor.push(pid) })));
      most = Math.max(most, (holding += 1));
      await sleep(2);
      holding -= 1;
      await lease.release();
    });
    while (waitedFor.length < 8) await sleep(5);
    assert.equal(new Set(waitedFor), new Set([holder.pid]));
    holder.kill('SIGKILL');
    await Promise.all(waiting);
    assert.is(most, 1);
  });
});

test('the lease of a dead process stays taken while a process lives that it tied to it', async () => {
  await inTemporaryCache(async (cache, root) => {
    const holder = start(root, 'die-holding');
    const left = Number(await firstLine(holder));
    if (holder.signalCode === null) await once(holder, 'exit');
    const answer = value(await cache.tryLease('held', request()));
    assert.is('heldBy' in answer && answer.heldBy.pid, left);
    process.kill(left, 'SIGKILL');
    await value(await cache.lease('held', request())).release();
  });
});

for (const [what, change] of [
  ['whose id is another process\'s by now', { started: '1' }],
  ['that worked before this machine was started anew', { boot: '00000000' }],
] as const) {
  test(`the lease of a dead holder ${what} is taken over at once, and swept away where nobody asks for it`, async () => {
    await inTemporaryCache(async (cache, root) => {
      const leave = async (key: string): Promise<string> => {
        const folder = path.join(root, '.giverny/cache/leases', key);
        const file = path.join(folder, ownerName({ ...(await self()), ...change }));
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, JSON.stringify({ pid: process.pid, host: 'here', stage: 'train' }));
        utimesSync(file, 1000, 1000);
        return file;
      };
      const [asked, forgotten] = [await leave('key'), await leave('other')];
      const holders: LeaseHolder[] = [];
      const lease = value(await cache.lease('key', request({ onWait: (holder) => holders.push(holder) })));
      assert.equal(holders, []);
      assert.not.ok(existsSync(asked));
      assert.ok(existsSync(forgotten));
      await cache.sweep();
      assert.equal(readdirSync(path.join(root, '.giverny/cache/leases')), ['key'], 'what lives is left');
      await lease.release();
    });
  });
}

test("of a machine elsewhere, the heartbeat decides: while it beats the lease is its, once silent it is anyone's", async () => {
  await inTemporaryCache(async (cache, root) => {
    const stranger = await strangerAt(root, 'key');
    const holders: LeaseHolder[] = [];
    const stop = new AbortController();
    const waiting = cache.lease('key', request({ stop: stop.signal, silenceMilliseconds: 1500, onWait: (each) => holders.push(each) }));
    let settled = false;
    void waiting.then(() => (settled = true));
    // Its clock may be years away: only that the time changes counts.
    for (let beat = 0; beat < 10; beat += 1) {
      utimesSync(stranger, 1000 + beat, 1000 + beat);
      await sleep(200);
    }
    assert.not.ok(settled);
    await value(await waiting).release();
    assert.equal(holders, [{ pid: 7, host: 'far', stage: 'train' }]);
    assert.not.ok(existsSync(stranger));
  });
});

/** Puts a file of a process on another machine among those of the lease. */
async function strangerAt(root: string, key: string): Promise<string> {
  const folder = path.join(root, '.giverny/cache/leases', key);
  const stranger = path.join(folder, ownerName({ ...(await self()), host: '00000000', boot: '00000000' }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(stranger, JSON.stringify({ pid: 7, host: 'far', stage: 'train' }));
  return stranger;
}

test('tryLease waits, too, until it is known whether a holder elsewhere lives: it beats, so it holds', async () => {
  await inTemporaryCache(async (cache, root) => {
    const stranger = await strangerAt(root, 'key');
    const holders: LeaseHolder[] = [];
    const trying = cache.tryLease('key', request({ onWait: (each) => holders.push(each) }));
    while (holders.length === 0) await sleep(5);
    utimesSync(stranger, 1000, 1000);
    const answer = value(await trying);
    assert.equal('heldBy' in answer && answer.heldBy, { pid: 7, host: 'far', stage: 'train' });
    assert.is(holders.length, 1);
    assert.is(await lastHeartbeat(root, 'key'), 1_000_000);
  });
});

test('tryLease takes over from a holder elsewhere that stays silent, and stops waiting when told to', async () => {
  await inTemporaryCache(async (cache, root) => {
    const stranger = await strangerAt(root, 'key');
    const stop = new AbortController();
    assert.is(failureOf(await cache.tryLease('key', request({ stop: stop.signal, onWait: () => stop.abort() }))).code, 'interrupted');
    const answer = value(await cache.tryLease('key', request({ silenceMilliseconds: 500 })));
    assert.not.ok(existsSync(stranger));
    if (!('lease' in answer)) throw new Error('the silent one was believed to live');
    await answer.lease.release();
    assert.is(await lastHeartbeat(root, 'key'), undefined);
  });
});

test('files of others in the folder of leases are left alone', async () => {
  await inTemporaryCache(async (cache, root) => {
    const folder = path.join(root, '.giverny/cache/leases/key');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, '.DS_Store'), '');
    await value(await cache.lease('key', request())).release();
    assert.equal(readdirSync(folder), ['.DS_Store']);
  });
});

test.run();
