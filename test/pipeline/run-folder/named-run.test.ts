import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { failureOf as failure, value } from '../cache/temporary-cache.ts';
import { runFinder } from '../../../pipeline/run-folder/named-run.ts';
import type { FoundRun } from '../../../pipeline/stage.ts';

const test = suite<{ root: string }>('a run that a config names');

const parameter = ['stages', 'train', 'init_from'];

function addRun(root: string, run: string, { state = 'done', command = ['giverny', 'run', 'base.yaml'], config = '' }: { state?: FoundRun['state']; command?: readonly string[]; config?: string } = {}): void {
  const folder = path.join(root, 'runs', run);
  mkdirSync(folder, { recursive: true });
  const record = {
    schema: 1, name: run.slice(0, -13), digest: run.slice(-12).padEnd(64, '0'), configDigest: '', state, process: { pid: 1, owner: 'nobody' }, command,
    startedAt: '2026-01-01T00:00:00.000Z', stages: {}, files: [], summary: [],
  };
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify(record));
  if (config !== '') writeFileSync(path.join(folder, 'config.yaml'), config);
}

const finderIn = (root: string, command = 'tune.yaml') => {
  const find = runFinder(root, (recorded) => recorded.includes(command));
  return (name: string) => find(name, parameter);
};

test.before.each((context) => { context.root = mkdtempSync(path.join(tmpdir(), 'giverny-runs-')); });
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

test('by its name, the unique beginning of it or of its id', ({ root }) => {
  addRun(root, 'monet-0123456789ab');
  addRun(root, 'monet-fine-0123ffff0000', { state: 'interrupted' });
  const find = finderIn(root);
  for (const name of ['monet-0123456789ab', 'monet-0', '012345', '0123456789ab', '0123456789ab00']) {
    assert.equal(value(find(name)), { run: 'monet-0123456789ab', folder: path.join(root, 'runs', 'monet-0123456789ab'), state: 'done' }, name);
  }
  assert.is(value(find('monet-f')).state, 'interrupted');
});

test('several, none, near ones, and no runs at all: one failure that says what to write', ({ root }) => {
  const none = failure(finderIn(root)('monet'));
  assert.is(none.code, 'run-not-found');
  assert.match(none.message, 'there are no runs here yet');
  addRun(root, 'monet-0123456789ab');
  addRun(root, 'monet-9999ffff0000');
  const several = failure(finderIn(root)('monet'));
  assert.match(several.message, '2 runs begin with monet');
  assert.match(several.expected!, 'monet-0123456789ab, monet-9999ffff0000');
  assert.match(failure(finderIn(root)('mnoet-0123456789ab')).hint!, 'did you mean monet-0123456789ab?');
  assert.match(failure(finderIn(root)('landscape')).hint!, 'there are monet-0123456789ab, monet-9999ffff0000');
  assert.is(failure(finderIn(root)('latest')).code, 'run-not-found');
});

test('a run whose record is damaged is said to be', ({ root }) => {
  addRun(root, 'monet-0123456789ab');
  writeFileSync(path.join(root, 'runs', 'monet-0123456789ab', 'run.json'), '{');
  assert.is(failure(finderIn(root)('monet')).code, 'run-folder-damaged');
});

test('latest is the run last invoked; for the command that made that run, what latest meant to it', ({ root }) => {
  addRun(root, 'base-0123456789ab');
  symlinkSync('base-0123456789ab', path.join(root, 'runs', 'latest'));
  const base = value(finderIn(root)('latest'));
  assert.is(base.run, 'base-0123456789ab');
  const resolved = `stages:\n  train:\n    init_from: ${base.folder}/models\n`;
  addRun(root, 'tune-999999999999', { state: 'interrupted', command: ['giverny', 'run', 'tune.yaml'], config: resolved });
  rmSync(path.join(root, 'runs', 'latest'));
  symlinkSync('tune-999999999999', path.join(root, 'runs', 'latest'));
  assert.is(value(finderIn(root)('latest')).folder, `${base.folder}/models`, 'repeated');
  assert.is(value(finderIn(root, 'other.yaml')('latest')).run, 'tune-999999999999', 'another command');
  assert.is(value(finderIn(root)('tune')).run, 'tune-999999999999', 'a name means that run');
});

test.run();
