import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isProcessAlive } from '../../stages/process-alive.ts';

test('this process lives; one that has ended does not', async () => {
  assert.ok(isProcessAlive(process.pid));
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  assert.not.ok(isProcessAlive(child.pid!));
});

(existsSync('/proc/self/stat') ? test : test.skip)('one that has ended and whose parent never asks for it is dead, too', async () => {
  // The shell starts a child and becomes a program that knows nothing of it.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(String(line));
  assert.ok(isProcessAlive(pid));
  while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await sleep(20);
  process.kill(pid, 0); // its number is still taken
  assert.not.ok(isProcessAlive(pid));
  parent.kill('SIGKILL');
});

test.run();
