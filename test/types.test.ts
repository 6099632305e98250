// The whole project type-checks under `strict`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('tsc finds nothing', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'tsc', '--noEmit'], { cwd: root, encoding: 'utf8' });
  assert.is(status, 0, `${stdout}${stderr}`);
});

test.run();
