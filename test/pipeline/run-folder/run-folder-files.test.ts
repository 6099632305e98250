import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache } from '../../../pipeline/cache/cache.ts';
import { ownerName, self } from '../../../pipeline/cache/owner.ts';
import { findRun } from '../../../pipeline/run-folder/find-run.ts';
import { readGitState } from '../../../pipeline/run-folder/git.ts';
import { pointLatestTo, readLatest } from '../../../pipeline/run-folder/latest.ts';
import { findRuns, listRuns, newestFirst } from '../../../pipeline/run-folder/list-runs.ts';
import { takeLock } from '../../../pipeline/run-folder/lock.ts';
import { runNameOf } from '../../../pipeline/plan/plan.ts';
import { publishFiles } from '../../../pipeline/run-folder/publish.ts';
import { readRunRecord, writeRunRecord, type RunRecord } from '../../../pipeline/run-folder/run-record.ts';
import { value } from '../cache/temporary-cache.ts';

const test = suite<{ folder: string }>('run folder');
test.before.each((context) => { context.folder = mkdtempSync(join(tmpdir(), 'giverny-run-folder-')); });
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const record = async (digest: string, startedAt: string, state: RunRecord['state'] = 'done', owner?: string): Promise<RunRecord> => ({
  schema: 1, name: 'monet', digest, configDigest: 'c', state, process: { pid: process.pid, owner: owner ?? ownerName(await self()) },
  command: ['giverny', 'run', 'monet.yaml'], startedAt, stages: {}, files: [], summary: [],
});

async function addRun(root: string, made: RunRecord): Promise<string> {
  const name = `monet-${made.digest.slice(0, 12)}`;
  mkdirSync(join(root, 'runs', name), { recursive: true });
  await writeRunRecord(join(root, 'runs', name), made);
  return name;
}

const digestOf = (first: string): string => first.padEnd(64, '0');

test('a record is read as it was written; a damaged one is named, a missing one is none', async ({ folder }) => {
  const written = await record(digestOf('ab'), '2026-01-01T00:00:00.000Z');
  await writeRunRecord(folder, written);
  assert.equal(await readRunRecord(folder), { ok: true, value: written });
  assert.equal(readdirSync(folder), ['run.json']);
  const without = (change: object) => JSON.stringify({ ...written, ...change });
  for (const text of ['', '{', '[]', '{"schema":99}', without({ stages: null }), without({ stages: { a: null } }), without({ summary: undefined }), without({ process: {} }), without({ latest: { run: 'base' } })]) {
    writeFileSync(join(folder, 'run.json'), text);
    const read = await readRunRecord(folder);
    assert.is(!read.ok && read.failure.code, 'run-folder-damaged');
  }
  rmSync(join(folder, 'run.json'));
  assert.equal(await readRunRecord(folder), { ok: true, value: undefined });
});

test('the stages that a dead run was in are interrupted, what it had done is done', async ({ folder }) => {
  const dead = await record(digestOf('a'), '2026-01-01T00:00:00.000Z', 'running', ownerName({ ...(await self()), started: '1' }));
  await addRun(folder, { ...dead, seconds: 7, stages: { a: { state: 'done', uses: 'x' }, b: { state: 'running', uses: 'x' }, c: { state: 'waiting', uses: 'x' } } });
  const found = await findRun(`runs/monet-${dead.digest.slice(0, 12)}`, folder, folder);
  for (const run of [(await listRuns(folder))[0]!, found.ok && found.value]) {
    assert.equal(run && Object.values(run.record.stages).map((stage) => stage.state), ['done', 'interrupted', 'waiting']);
    assert.is(run && run.record.state, 'interrupted');
    assert.is(run && run.record.seconds, undefined, 'the time of an earlier execution is not its own');
  }
});

test('a run whose run.json is damaged is listed as that, and found as that', async ({ folder }) => {
  const whole = await addRun(folder, await record(digestOf('a'), '2026-01-01T00:00:00.000Z'));
  const damaged = await addRun(folder, await record(digestOf('b'), '2026-01-02T00:00:00.000Z'));
  writeFileSync(join(folder, 'runs', damaged, 'run.json'), '{');
  mkdirSync(join(folder, 'runs', 'not-a-run'));
  await pointLatestTo(join(folder, 'runs'), damaged);
  assert.equal((await listRuns(folder)).map(({ run }) => run), [whole]);
  assert.equal((await findRuns(folder)).damaged.map(({ run, latest, failure }) => [run, latest, failure.code]), [[damaged, true, 'run-folder-damaged']]);
  for (const wanted of [damaged, 'monet-b', 'latest']) {
    const found = await findRun(wanted, folder, folder);
    assert.is(!found.ok && found.failure.code, 'run-folder-damaged');
  }
});

test('a running run whose process is gone reads as interrupted', async ({ folder }) => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const me = await self();
  await addRun(folder, await record(digestOf('a'), '2026-01-01T00:00:00.000Z', 'running'));
  await addRun(folder, await record(digestOf('b'), '2026-01-02T00:00:00.000Z', 'running', ownerName({ ...me, pid: gone })));
  await addRun(folder, await record(digestOf('c'), '2026-01-03T00:00:00.000Z', 'running', ownerName({ ...me, started: '1' })));
  await addRun(folder, await record(digestOf('d'), '2026-01-04T00:00:00.000Z', 'failed'));
  mkdirSync(join(folder, 'runs', 'not-a-run'));
  const listed = await listRuns(folder);
  assert.equal(listed.map((run) => [run.record.digest[0], run.state]), [['d', 'failed'], ['c', 'interrupted'], ['b', 'interrupted'], ['a', 'running']]);
});

test('a run on another machine runs as long as its lock shows signs of life', async ({ folder }) => {
  const digest = digestOf('e');
  await addRun(folder, await record(digest, '2026-01-01T00:00:00.000Z', 'running', ownerName({ ...(await self()), host: '00000000' })));
  const stateNow = async () => (await listRuns(folder))[0]!.state;
  assert.is(await stateNow(), 'interrupted');
  const cache = value(await openCache(folder));
  const lock = value(await takeLock({ plan: { identity: digest, runName: runNameOf('monet', digest) }, cache, stop: new AbortController().signal, say: () => undefined }, folder));
  assert.is(await stateNow(), 'running');
  const leases = join(folder, '.giverny/cache/leases');
  for (const name of readdirSync(leases, { recursive: true, encoding: 'utf8' })) utimesSync(join(leases, name), 1, 1);
  assert.is(await stateNow(), 'interrupted');
  await lock.release();
});

test('who starts a run that another works in is told; a job of a sweep waits for it, says for whom, and stops waiting when asked', async ({ folder }) => {
  const cache = value(await openCache(folder));
  const digest = digestOf('f');
  const [said, stop] = [[] as string[], new AbortController()];
  const request = { plan: { identity: digest, runName: runNameOf('monet', digest) }, cache, stop: stop.signal, say: (line: string) => void said.push(line) };
  const first = value(await takeLock(request, folder));
  const second = await takeLock(request, folder);
  assert.ok(!second.ok && second.failure.code === 'run-in-use');
  const waiting = takeLock({ ...request, waits: true }, folder);
  while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(said, [`process ${process.pid} is working in ${folder}: waiting for it`]);
  await first.release();
  const third = value(await waiting);
  const left = takeLock({ ...request, waits: true }, folder);
  while (said.length === 1) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  const ended = await left;
  assert.ok(!ended.ok && ended.failure.code === 'interrupted');
  await third.release();
});

test('a run is found by latest, name, id, prefix and folder, and an ambiguous or unknown one is said to be so', async ({ folder }) => {
  const first = await addRun(folder, await record(digestOf('abc1'), '2026-01-01T00:00:00.000Z'));
  const second = await addRun(folder, await record(digestOf('abd2'), '2026-01-02T00:00:00.000Z'));
  await pointLatestTo(join(folder, 'runs'), first);
  const found = async (wanted: string) => {
    const result = await findRun(wanted, folder, folder);
    return result.ok ? result.value.run : result.failure.code;
  };
  assert.is(await found('latest'), first);
  assert.is(await found(second), second);
  assert.is(await found('abd'), second);
  assert.is(await found(digestOf('abc1')), first);
  assert.is(await found(`runs/${second}`), second);
  assert.is(await found('runs/latest'), first);
  assert.is(await found('ab'), 'run-not-found');
  assert.is(await found('xyz'), 'run-not-found');
  assert.is(await found('runs/xyz'), 'run-not-found');
  assert.is(await found(join(folder, 'runs')), 'run-not-found');
});

test('latest is replaced whole, and a text file is understood as well', async ({ folder }) => {
  assert.is(await readLatest(folder), undefined);
  for (const name of ['a-1', 'b-2', 'b-2']) {
    await pointLatestTo(folder, name);
    assert.is(await readLatest(folder), name);
    assert.is(readlinkSync(join(folder, 'latest')), name);
  }
  assert.equal(readdirSync(folder), ['latest']);
  rmSync(join(folder, 'latest'));
  writeFileSync(join(folder, 'latest'), 'c-3\n');
  assert.is(await readLatest(folder), 'c-3');
  await pointLatestTo(folder, 'd-4');
  assert.is(await readLatest(folder), 'd-4');
  rmSync(join(folder, 'latest'));
  mkdirSync(join(folder, 'latest'));
  assert.match((await pointLatestTo(folder, 'e-5')) ?? '', /latest was left as it is/);
  assert.equal(readdirSync(folder), ['latest']);
});

test('publishing copies files and folders whole, says whether something is new, and never leaves the folder', async ({ folder }) => {
  const [out, run] = [join(folder, 'out'), join(folder, 'run')];
  mkdirSync(join(out, 'samples', 'deep'), { recursive: true });
  mkdirSync(run);
  writeFileSync(join(out, 'metrics.jsonl'), '1\n');
  writeFileSync(join(out, 'samples', 'deep', 'a.png'), 'a');
  assert.is(await publishFiles(out, ['metrics.jsonl', 'samples/', 'absent.txt'], run), true);
  writeFileSync(join(out, 'metrics.jsonl'), '1\n2\n');
  assert.is(await publishFiles(out, ['metrics.jsonl', 'samples'], run), false);
  assert.is(readFileSync(join(run, 'metrics.jsonl'), 'utf8'), '1\n2\n');
  assert.is(readFileSync(join(run, 'samples', 'deep', 'a.png'), 'utf8'), 'a');
  assert.equal(readdirSync(run).sort(), ['metrics.jsonl', 'samples']);
  for (const path of ['../out/metrics.jsonl', '/etc/hostname', 'samples/../../out/metrics.jsonl']) {
    await publishFiles(out, [path], run).then(() => assert.unreachable(path), (error: unknown) => assert.instance(error, Error));
  }
});

test('git: commit, dirty tree and its patch; nothing outside a repository', async ({ folder }) => {
  assert.is(await readGitState(folder), undefined);
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, stdio: 'pipe' });
  git('init', '-q');
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  git('add', 'a.txt');
  git('commit', '-q', '-m', 'first');
  const clean = await readGitState(folder);
  assert.is(clean?.dirty, false);
  assert.match(clean!.commit, /^[0-9a-f]{40}$/);
  writeFileSync(join(folder, 'a.txt'), 'two\n');
  for (const [key, value] of [['diff.noprefix', 'true'], ['color.ui', 'always'], ['diff.external', 'false']] as const) git('config', key, value);
  const dirty = await readGitState(folder);
  assert.is(dirty?.dirty, true);
  git('checkout', '-q', '--', 'a.txt');
  writeFileSync(join(folder, 'the.patch'), dirty!.patch!);
  git('apply', 'the.patch');
  assert.is(readFileSync(join(folder, 'a.txt'), 'utf8'), 'two\n', 'the patch gives the tree back');
  assert.ok(existsSync(join(folder, 'the.patch')) && lstatSync(folder).isDirectory());
});

test('runs that began at the same time stay in their order', () => {
  const begun = (run: string, second: number) => ({ run, record: { startedAt: `2026-01-01T00:00:0${second}.000Z` } });
  const runs = [begun('a', 1), begun('b', 2), begun('c', 1), begun('d', 2), begun('e', 1)];
  assert.is([...runs].sort(newestFirst).map(({ run }) => run).join(''), 'bdace');
});

test.run();
