import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writableRoot } from '../../../pipeline/cli/writable-root.ts';

const entry = fileURLToPath(new URL('./fixture-giverny.ts', import.meta.url));
const nobody = 65534;

test('a folder that may not be written is said in one line of it, before anything begins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-read-only-'));
  try {
    assert.ok(writableRoot(join(folder, 'new')).ok);
    writeFileSync(join(folder, 'study.yaml'), 'stages: { first: { uses: write } }');
    mkdirSync(join(folder, 'runs'));
    chmodSync(join(folder, 'runs'), 0o755);
    chmodSync(folder, 0o555);
    // To root everything is open: then somebody else tries.
    const isRoot = process.getuid?.() === 0;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), entry, 'run', 'study.yaml'], {
      cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: tmpdir(), TSX_DISABLE_CACHE: '1', FORCE_COLOR: '0', FIXTURE_LEDGER: join(folder, 'ledger') }, ...(isRoot ? { uid: nobody, gid: nobody } : {}),
    });
    if (isRoot && /EACCES.*(tsx|fixture|node_modules)/.test(stderr)) {
      console.log('  skipped: the user nobody may not read this checkout');
      return;
    }
    assert.is(status, 1, stderr);
    assert.match(stderr.replaceAll(/\n +/g, ' '), `error: nothing can be written to ${folder}: permission denied (EACCES)\nhint: a run writes ${folder}/.giverny and ${folder}/runs: choose another place with --root DIR`);
    assert.is(stdout, '');
  } finally {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  }
});

test.run();
