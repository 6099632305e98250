/**
 * A process that works under leases, for the tests: `node lease-process.ts ROOT MODE …`.
 * count N: N times takes the lease `counter` and adds one to ROOT/counter in two steps, so that two at once would lose one.
 * hold: takes the lease `held`, says so, and stays. die-holding: the same, leaving a child that lives on, tied to the lease.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCache } from '../../../pipeline/cache/cache.ts';
import { value } from './temporary-cache.ts';

const [root, mode, times] = process.argv.slice(2) as [string, string, string?];
const cache = value(await openCache(root));
const request = { stage: `stage of ${process.pid}`, stop: new AbortController().signal };

if (mode === 'count') {
  const counter = path.join(root, 'counter');
  for (let left = Number(times); left > 0; left -= 1) {
    const lease = value(await cache.lease('counter', request));
    const before = Number(readFileSync(counter, 'utf8'));
    await sleep(Math.random() * 3);
    writeFileSync(counter, String(before + 1));
    await lease.release();
  }
} else {
  const lease = value(await cache.lease('held', request));
  if (mode === 'die-holding') {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
    await lease.adopt(child.pid!);
    console.log(child.pid);
    process.kill(process.pid, 'SIGKILL');
  }
  console.log('held');
  setInterval(() => {}, 1000);
}
