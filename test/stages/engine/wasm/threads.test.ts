// tfjs's wasm backend with threads, each number of them in a process of its own: the same bits, and the process ends by itself.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('./threads-digest.ts', import.meta.url));

async function run(threads: number): Promise<{ readonly threads: number; readonly digest: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, String(threads)]);
  const [got, digest] = stdout.trim().split(' ') as [string, string];
  return { threads: Number(got), digest };
}

test('on one, two and more threads than there can be: the same bits', async () => {
  const one = await run(1);
  for (const [asked, got] of [[2, 2], [20, 8]] as const) assert.equal(await run(asked), { threads: got, digest: one.digest });
});

test.run();
