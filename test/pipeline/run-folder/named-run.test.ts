import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { failureOf as failure, value } from '../cache/temporary-cache.ts';
import { namedRuns } from '../../../pipeline/run-folder/named-run.ts';
import type { MeantByLatest } from '../../../pipeline/run-folder/run-record.ts';
import type { FoundRun } from '../../../pipeline/stage.ts';

const test = suite<{ root: string }>('a run that a config names');

interface Added {
  readonly state?: FoundRun['state'];
  readonly latest?: MeantByLatest;
}

function addRun(root: string, run: string, { state = 'done', latest }: Added = {}): void {
  const folder = path.join(root, 'runs', run);
  mkdirSync(folder, { recursive: true });
  const record = {
    schema: 1, name: run.slice(0, -13), digest: run.slice(-12).padEnd(64, '0'), configDigest: '', state, process: { pid: 1, owner: 'nobody' }, command: [],
    latest, startedAt: '2026-01-01T00:00:00.000Z', stages: {}, files: [], summary: [],
  };
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify(record));
}

function pointLatest(root: string, run: string): void {
  rmSync(path.join(root, 'runs', 'latest'), { force: true });
  symlinkSync(run, path.join(root, 'runs', 'latest'));
}

const finderIn = (root: string, config = 'tune.yaml') => namedRuns(root, path.join(root, config)).find;

test.before.each((context) => {
  context.root = mkdtempSync(path.join(tmpdir(), 'giverny-runs-'));
  for (const config of ['tune.yaml', 'other.yaml']) writeFileSync(path.join(context.root, config), '');
});
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

const [base, tune] = ['base-0123456789ab', 'tune-999999999999'];

test('latest is the run last invoked; for the config that began that run, what latest meant to it', ({ root }) => {
  addRun(root, base);
  pointLatest(root, base);
  const first = namedRuns(root, path.join(root, 'tune.yaml'));
  assert.is(first.latest(), undefined, 'nobody asked');
  assert.is(value(first.find('latest')).run, base);
  assert.equal(first.latest(), { config: 'tune.yaml', run: base });
  addRun(root, tune, { state: 'interrupted', latest: first.latest()! });
  pointLatest(root, tune);
  const repeated = namedRuns(root, path.join(root, 'tune.yaml'));
  assert.equal(value(repeated.find('latest')), { run: base, folder: path.join(root, 'runs', base), state: 'done' });
  assert.equal(repeated.latest(), first.latest());
  assert.is(value(finderIn(root, 'other.yaml')('latest')).run, tune, 'another config');
  const named = namedRuns(root, path.join(root, 'tune.yaml'));
  assert.is(value(named.find('tune')).run, tune, 'a name means that run');
  assert.is(named.latest(), undefined);
});

test('which file the config is decides, however it is spelled, and wherever the project lies', ({ root }) => {
  addRun(root, base);
  addRun(root, tune, { latest: { config: 'tune.yaml', run: base } });
  pointLatest(root, tune);
  mkdirSync(path.join(root, 'below'));
  symlinkSync('../tune.yaml', path.join(root, 'below', 'link.yaml'));
  for (const spelled of ['./tune.yaml', 'below/../tune.yaml', 'below/link.yaml']) assert.is(value(finderIn(root, spelled)('latest')).run, base, spelled);
  const link = `${root}-link`;
  symlinkSync(root, link);
  assert.is(value(namedRuns(link, path.join(root, 'tune.yaml')).find('latest')).run, base);
  rmSync(link);
  const moved = `${root}-moved`;
  renameSync(root, moved);
  assert.equal(value(finderIn(moved)('latest')), { run: base, folder: path.join(moved, 'runs', base), state: 'done' });
  renameSync(moved, root);
});

test('where the run that latest meant is gone, its path is said, and what to name instead', ({ root }) => {
  addRun(root, tune, { latest: { config: 'tune.yaml', run: base } });
  pointLatest(root, tune);
  const found = failure(finderIn(root)('latest'));
  assert.is(found.code, 'run-not-found');
  assert.match(found.message, `${path.join(root, 'runs', base)} does not exist: latest means that run here, as when ${tune} began with it`);
  assert.match(found.hint!, `name one instead of latest: ${tune}`);
  pointLatest(root, base);
  assert.match(failure(finderIn(root)('latest')).message, 'there is no run latest');
});

test.run();
