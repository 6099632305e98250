import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { holdOffCollections } from '../../../pipeline/cache/collection-lease.ts';
import { layoutUnder } from '../../../pipeline/cache/layout.ts';
import { objectFiles, value } from '../cache/temporary-cache.ts';
import { isAlive } from './fixture-project.ts';
import { SpaceProject } from './space-project.ts';

const test = suite('giverny cache');
const open: SpaceProject[] = [];
test.after.each(() => { for (const project of open.splice(0)) project.rig.cleanup(); });

function project(config = chain('two')): SpaceProject {
  const made = new SpaceProject();
  open.push(made);
  made.config(config);
  return made;
}

const chain = (second: string): string => `stages:
  first: { uses: write, text: one, files: 5 }
  second: { uses: write, from: first, text: ${second}, files: 3 }
`;

const entriesIn = (made: SpaceProject): readonly string[] => readdirSync(made.rig.path('.giverny/cache/keys'));
const runFolders = (made: SpaceProject): readonly string[] => readdirSync(made.rig.path('runs')).filter((name) => name !== 'latest');
const json = (stdout: string): readonly Record<string, unknown>[] => stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

test('gc frees what belongs to runs that were removed, and nothing that another run needs', async () => {
  const made = project();
  await made.run(['run', 'study.yaml']);
  const [kept] = runFolders(made);
  await made.run(['run', 'study.yaml', 'stages.second.text=other']);
  const removed = runFolders(made).find((name) => name !== kept)!;
  assert.match((await made.run(['cache', 'gc'])).stdout, /nothing to free/);
  assert.is(entriesIn(made).length, 3);
  rmSync(made.rig.path('runs', removed), { recursive: true });
  const before = objectFiles(made.rig.folder);
  const dry = await made.run(['cache', 'gc', '--dry-run', '--json']);
  assert.equal(objectFiles(made.rig.folder), before, 'a dry run removes nothing');
  const done = await made.run(['cache', 'gc', '--json']);
  assert.equal(json(done.stdout)[0], { removed: 'second', uses: 'write', count: 1, bytes: json(dry.stdout)[0]!['bytes'] });
  assert.is(json(done.stdout).at(-1)!['freed'], json(dry.stdout).at(-1)!['freed']);
  assert.is(entriesIn(made).length, 2);
  const starts = made.ledger.length;
  assert.match((await made.run(['run', 'study.yaml'])).stderr, /nothing to do/);
  assert.is(made.ledger.length, starts);
  assert.is((await made.run(['cache', 'verify'])).code, 0);
});

test('runs that lie elsewhere count; where they cannot be told nothing is removed', async () => {
  const made = project();
  await made.run(['run', 'study.yaml']);
  const [run] = runFolders(made);
  renameSync(made.rig.path('runs', run!), made.rig.path('elsewhere'));
  symlinkSync(made.rig.path('elsewhere'), made.rig.path('runs', run!));
  assert.match((await made.run(['cache', 'gc'])).stdout, /nothing to free/);
  made.rig.write('elsewhere/run.json', '{');
  assert.match((await made.run(['cache', 'gc'])).stdout, /nothing to free/, 'plan.json says what it needs');
  made.rig.write('elsewhere/plan.json', '{');
  const refused = await made.run(['cache', 'gc']);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /run.json is not JSON/);
  assert.is(entriesIn(made).length, 2);
});

test('what an unfinished run has made stays', async () => {
  const made = project('stages:\n  first: { uses: write, text: one, files: 2 }\n  broken: { uses: fail, from: first }\n');
  assert.is((await made.run(['run', 'study.yaml'])).code, 1);
  await made.run(['cache', 'gc']);
  assert.is(entriesIn(made).length, 1);
  rmSync(made.rig.path('runs'), { recursive: true });
  await made.run(['cache', 'gc']);
  assert.is(entriesIn(made).length, 0);
  assert.equal(objectFiles(made.rig.folder), []);
});

test('beside a running process: what its run has taken from the cache stays, though the run that made it is gone', async () => {
  const made = project();
  await made.run(['run', 'study.yaml']);
  rmSync(made.rig.path('runs'), { recursive: true });
  made.config(`${chain('two')}  last: { uses: slow, from: second }\n`);
  const running = made.start(['run', 'study.yaml']);
  await running.printed(/last: never run|last/);
  while (!made.ledger.some((line) => line.startsWith('start last'))) await new Promise((resolve) => setTimeout(resolve, 20));
  await made.run(['cache', 'gc', '--max-size', '0']);
  assert.is(entriesIn(made).length, 2);
  assert.ok(isAlive(running.process.pid!));
  running.process.kill('SIGKILL');
  await running.finished;
  assert.is((await made.run(['cache', 'verify'])).code, 0);
});

test('a run that begins while a collection is under way waits for it, and says so', async () => {
  const made = project();
  const held = value(await holdOffCollections(layoutUnder(made.rig.folder), { stage: 'giverny cache gc', stop: new AbortController().signal }));
  const running = made.start(['run', 'study.yaml']);
  await running.printed(/waiting for giverny cache gc/);
  assert.equal(made.ledger, []);
  await held.release();
  assert.is((await running.finished).code, 0);
});

test('limits: the longest unused goes first, only as much as is needed, only what is old enough', async () => {
  const made = project();
  for (const text of ['a', 'b', 'c']) await made.run(['run', 'study.yaml', `stages.second.text=${text}`]);
  const seconds = entriesIn(made).filter((name) => made.rig.read(`.giverny/cache/keys/${name}`).includes('"stage": "second"'));
  seconds.forEach((name, index) => {
    const then = new Date(Date.now() - (index + 1) * 86_400_000);
    utimesSync(made.rig.path('.giverny/cache/keys', name), then, then);
  });
  for (const run of runFolders(made).slice(1)) rmSync(made.rig.path('runs', run), { recursive: true });
  const removable = seconds.filter((name) => !made.rig.read(path.join('runs', runFolders(made)[0]!, 'run.json')).includes(path.basename(name, '.json')));
  assert.is(removable.length, 2);
  assert.match((await made.run(['cache', 'gc', '--older-than', '9d'])).stdout, /nothing to free/);
  const total = Number(json((await made.run(['cache', 'ls', '--json'])).stdout).at(-1)!['bytes']);
  await made.run(['cache', 'gc', '--max-size', String(total - 1)]);
  const left = entriesIn(made);
  assert.not(left.includes(removable.at(-1)!), 'the one that was unused longest is gone');
  assert.ok(left.includes(removable[0]!), 'the other stays');
  const more = await made.run(['cache', 'gc', '--max-size', '1']);
  assert.match(more.stderr, /more than --max-size: the rest is needed by runs/);
  assert.is(entriesIn(made).length, 2);
});

test('what nobody names is freed: quarantine, and objects without a key; wrong limits are one error', async () => {
  const made = project();
  await made.run(['run', 'study.yaml']);
  const key = made.rig.path('.giverny/cache/keys', entriesIn(made)[0]!);
  const record = readFileSync(key);
  writeFileSync(key, record.subarray(1));
  assert.match((await made.run(['cache', 'gc'])).stderr, /cannot be read/);
  assert.ok(objectFiles(made.rig.folder).length > 5, 'they may belong to the record that cannot be read');
  await made.run(['cache', 'verify', '--repair']);
  const freed = await made.run(['cache', 'gc']);
  assert.match(freed.stdout, /objects that no key names/);
  assert.match(freed.stdout, /quarantine/);
  assert.not(existsSync(made.rig.path('.giverny/cache/quarantine')));
  for (const [flag, wrong] of [['--max-size', 'much'], ['--older-than', '3 moons'], ['--older', '3d']] as const) {
    const refused = await made.run(['cache', 'gc', flag, wrong]);
    assert.is(refused.code, 64);
    assert.is(refused.stderr.match(/error/g)!.length, 1);
  }
  assert.is((await made.run(['cache', 'clean'])).code, 64);
});

test('checkpoints: kept for a run, freed with it, or on request', async () => {
  const made = project('stages:\n  train: { uses: steps, count: 2, milliseconds: 0 }\n');
  await made.run(['run', 'study.yaml']);
  const checkpoints = (): number => readdirSync(made.rig.path('.giverny/cache/checkpoints')).length;
  await made.run(['cache', 'gc']);
  assert.is(checkpoints(), 2);
  await made.run(['cache', 'gc', '--checkpoints']);
  assert.is(checkpoints(), 0);
  assert.match((await made.run(['run', 'study.yaml'])).stderr, /nothing to do/);
  await made.run(['run', 'study.yaml', '--force']);
  rmSync(made.rig.path('runs'), { recursive: true });
  const listed = await made.run(['cache', 'ls']);
  assert.match(listed.stdout, /train +steps +1 +1 /);
  await made.run(['cache', 'gc']);
  assert.is(checkpoints(), 0);
});

test('verify finds every damage, names it, and repairs it so that the next run makes the same again', async () => {
  const made = project();
  await made.run(['run', 'study.yaml']);
  const whole = await made.run(['cache', 'verify']);
  assert.is(whole.code, 0);
  assert.match(whole.stdout, /2 entries, \d+ objects .* all as their digests say/);
  const objects = objectFiles(made.rig.folder);
  const before = new Map(objects.map((file) => [file, readFileSync(file)]));
  const [flipped, cut, gone] = objects as [string, string, string];
  for (const file of [flipped, cut]) chmodSync(file, 0o644);
  const stat = statSync(flipped);
  writeFileSync(flipped, before.get(flipped)!.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
  utimesSync(flipped, stat.atime, stat.mtime);
  truncateSync(cut, before.get(cut)!.length - 1);
  rmSync(gone);
  const found = await made.run(['cache', 'verify', '--json']);
  assert.is(found.code, 1);
  const damaged = json(found.stdout).filter((row) => row['damaged'] === 'object').map((row) => [row['digest'], row['what']]);
  assert.equal(damaged, [[path.basename(flipped), 'changed'], [path.basename(cut), 'changed'], [path.basename(gone), 'gone']]);
  const repaired = await made.run(['cache', 'verify', '--repair']);
  assert.is(repaired.code, 1);
  assert.match(repaired.stdout, /runs again: giverny run runs\/study-[0-9a-f]{12}\/config.yaml/);
  assert.is((await made.run(['cache', 'verify'])).code, 0, 'nothing damaged is left in use');
  assert.is((await made.run(['run', 'study.yaml'])).code, 0);
  for (const [file, content] of before) assert.ok(readFileSync(file).equals(content));
});

test('push and pull: another project takes all from the cache and runs nothing', async () => {
  const [mine, theirs] = [project(), project()];
  await mine.run(['run', 'study.yaml']);
  await mine.run(['run', 'study.yaml', 'stages.second.text=other']);
  const shared = mine.rig.path('shared');
  const pushed = await mine.run(['cache', 'push', 'shared', 'latest']);
  assert.match(pushed.stdout, /^pushed 2 entries/);
  assert.match((await mine.run(['cache', 'push', 'shared'])).stdout, /^pushed 1 entry .*2 were there already/);
  const pulled = await theirs.run(['cache', 'pull', shared, 'study.yaml', 'stages.second.text=other']);
  assert.match(pulled.stdout, /^pulled 2 entries/, pulled.stderr);
  assert.is((await theirs.run(['run', 'study.yaml', 'stages.second.text=other'])).code, 0);
  assert.equal(theirs.ledger.filter((line) => line.startsWith('start')), []);
  assert.is((await theirs.run(['cache', 'verify'])).code, 0);
});

test('push and pull: what was interrupted goes on; what is damaged is named, set aside and not copied', async () => {
  const [mine, theirs] = [project(), project()];
  await mine.run(['run', 'study.yaml']);
  const shared = mine.rig.path('shared');
  await mine.run(['cache', 'push', shared]);
  // As a push leaves it that is killed, and another program that writes in place.
  for (const name of readdirSync(path.join(shared, 'keys'))) rmSync(path.join(shared, 'keys', name));
  const objects = readdirSync(path.join(shared, 'objects'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  chmodSync(objects[0]!, 0o644);
  truncateSync(objects[0]!, 1);
  assert.match((await mine.run(['cache', 'push', shared])).stdout, /^pushed 2 entries \(1 objects/);
  chmodSync(objects[1]!, 0o644);
  writeFileSync(objects[1]!, Buffer.alloc(statSync(objects[1]!).size, 'x'));
  const pulled = await theirs.run(['cache', 'pull', shared]);
  assert.is(pulled.code, 1);
  assert.match(pulled.stderr, /is damaged in .*: set aside, not copied/);
  assert.is((await theirs.run(['cache', 'verify'])).code, 0);
  await mine.run(['cache', 'push', shared]);
  assert.is((await theirs.run(['cache', 'pull', shared])).code, 0);
  assert.is(entriesIn(theirs).length, 2);
});

test('push and pull: a place that cannot be written, or holds nothing, is one error', async () => {
  const made = project();
  await made.run(['run', 'study.yaml']);
  made.rig.write('file', '');
  const refused = await made.run(['cache', 'push', 'file/shared']);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /^error: file\/shared cannot be (read or )?written:\s+a file stands where a folder is\s+needed/);
  mkdirSync(made.rig.path('empty'));
  assert.is((await made.run(['cache', 'pull', 'empty'])).code, 64);
  assert.is((await made.run(['cache', 'push'])).code, 64);
  assert.is((await made.run(['cache', 'pull', 'empty', 'x=1'])).code, 64);
});

test.run();
