// Provisioning: each step finished or repeated, one at a time, all or nothing, and every failure one clear line.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Result } from '../../../../pipeline/failure.ts';
import { selectEngine } from '../../../../stages/engine/index.ts';
import { installationFolder, libraryFolder, readInstallation } from '../../../../stages/engine/tensorflow/installation.ts';
import { isWritable } from '../../../../stages/engine/tensorflow/install/folder.ts';
import { installTensorFlow, workshopFolder } from '../../../../stages/engine/tensorflow/install/install.ts';
import { unpackWheel, zigPlacement } from '../../../../stages/engine/tensorflow/install/unpack.ts';
import { Workbench, zipOf } from './workbench.ts';

const test = suite<{ bench: Workbench }>('install');
test.before.each((context) => {
  context.bench = new Workbench();
});
test.after.each(({ bench }) => bench.cleanup());

function failureOf(result: Result<unknown>) {
  if (result.ok) throw new Error('it should have failed');
  return result.failure;
}

const everything = ['npm ci', 'python3 -I', 'g++ -std=c++17'];

test('installs, stamps, and leaves nothing else; a second time calls nothing', async ({ bench }) => {
  const recipe = bench.recipe();
  const installed = await installTensorFlow(recipe, bench.help());
  assert.equal(installed, { ok: true, value: installationFolder(recipe) });
  assert.equal(bench.calls(), everything);
  assert.equal(readdirSync(bench.engines), [recipe.id]);
  assert.is(readInstallation(recipe).state, 'installed');
  const libraries = join(installationFolder(recipe), libraryFolder);
  assert.is(readlinkSync(join(libraries, 'libtensorflow.so')), 'libtensorflow_cc.so.2');
  assert.is(readlinkSync(join(libraries, 'libtensorflow_framework.so')), 'libtensorflow_framework.so.2');
  assert.not.ok(existsSync(join(libraries, '..', 'python')));
  await installTensorFlow(recipe, bench.help());
  assert.equal(bench.calls(), []);
});

test('what was finished before a failure is kept, and nothing stands in the place of an engine until all is done', async ({ bench }) => {
  const recipe = bench.recipe();
  bench.program('g++', '[ "$1" = --version ] && { echo g++; exit 0; }; echo "fatal error: string: No such file" >&2; exit 1');
  const failure = failureOf(await installTensorFlow(recipe, bench.help(true)));
  assert.is(failure.code, 'engine-not-installed', 'offline, npm may not even begin');
  assert.equal(bench.calls(), []);

  const broken = failureOf(await installTensorFlow(recipe, { ...bench.help(), say: (line) => (bench.said.push(line), bench.program('python3', 'exit 1')) }));
  assert.is(broken.code, 'engine-compile-failed');
  assert.match(broken.message, 'fatal error: string');
  assert.is(readInstallation(recipe).state, 'missing');
  bench.calls();

  bench.program('g++');
  assert.ok((await installTensorFlow(recipe, bench.help(true))).ok, 'offline is enough now');
  assert.equal(bench.calls(), ['g++ -std=c++17']);
});

test('a broken download is repeated alone', async ({ bench }) => {
  bench.program('python3', 'case "$*" in *--version) exit 0;; esac\necho "Retrying after connection broken by NewConnectionError" >&2; exit 1');
  const failure = failureOf(await installTensorFlow(bench.recipe(), bench.help()));
  assert.is(failure.code, 'engine-no-network');
  bench.program('python3');
  bench.calls();
  assert.ok((await installTensorFlow(bench.recipe(), bench.help())).ok);
  assert.equal(bench.calls(), everything.slice(1));
});

test('the wheels stay until it is written down that they are unpacked', async ({ bench }) => {
  const recipe = bench.recipe();
  const obstacle = join(workshopFolder(recipe), 'steps', 'unpack.json.new');
  mkdirSync(obstacle, { recursive: true });
  const crashed = await installTensorFlow(recipe, bench.help()).catch((error: NodeJS.ErrnoException) => error.code);
  assert.is(crashed, 'EISDIR');
  bench.calls();
  rmdirSync(obstacle);
  assert.ok((await installTensorFlow(recipe, bench.help(true))).ok, 'offline is enough');
  assert.equal(bench.calls(), ['g++ -std=c++17']);
});

test('another wheel than the pinned one is refused and not kept', async ({ bench }) => {
  const recipe = bench.recipe();
  writeFileSync(join(bench.folder, 'wheel'), 'something else');
  const failure = failureOf(await installTensorFlow(recipe, bench.help()));
  assert.is(failure.code, 'engine-digest-mismatch');
  assert.match(failure.expected!, recipe.wheel.sha256);
  assert.not.ok(existsSync(join(`${installationFolder(recipe)}.partial`, 'downloads')));
});

test('a wheel that is no zip, or lacks a library, is one line', async ({ bench }) => {
  writeFileSync(join(bench.folder, 'wheel'), 'not a zip');
  assert.is(failureOf(await installTensorFlow(bench.recipe(), bench.help())).code, 'engine-wheel-damaged');
});

for (const [program, code] of [['npm', 'engine-no-npm'], ['python3', 'engine-no-pip']] as const) {
  test(`no ${program}: ${code}, and auto takes wasm with one line`, async ({ bench }) => {
    bench.without(program);
    assert.is(failureOf(await installTensorFlow(bench.recipe(), bench.help())).code, code);
    assert.equal(bench.calls(), [], 'nothing was downloaded in vain');
    const selected = await selectEngine({ backend: 'auto', device: 'cpu' }, bench.help());
    assert.equal(selected, { ok: true, value: { backend: 'wasm', version: '4.22.0', device: 'cpu' } });
    assert.is(bench.said.length, 1);
    assert.match(bench.said[0]!, /wasm, about ten times slower/);
    assert.is(failureOf(await selectEngine({ backend: 'tensorflow', device: 'cpu' }, bench.help())).code, code);
  });
}

test('no compiler, and none to be downloaded', async ({ bench }) => {
  bench.without('g++');
  const recipe = bench.recipe();
  const failure = failureOf(await installTensorFlow({ ...recipe, compilerWheel: { ...recipe.compilerWheel, sha256: '0'.repeat(64) } }, bench.help()));
  assert.is(failure.code, 'engine-no-compiler');
  assert.match(failure.hint!, 'apt install g++');
});

test('a full disk and a folder that cannot be written are told apart', async ({ bench }) => {
  bench.program('npm', 'echo "npm error code ENOSPC" >&2; exit 1');
  assert.is(failureOf(await installTensorFlow(bench.recipe(), bench.help())).code, 'engine-disk-full');
  const huge = bench.recipe();
  assert.is(failureOf(await installTensorFlow({ ...huge, wheel: { ...huge.wheel, bytes: 1e18 } }, bench.help())).code, 'engine-disk-full');
  process.env['GIVERNY_ENGINE_DIR'] = join(bench.folder, 'wheel', 'inside-a-file');
  assert.is(failureOf(await installTensorFlow(bench.recipe(), bench.help())).code, 'engine-folder-unwritable');
});

(existsSync('/proc/self') ? test : test.skip)('below /proc, where the system says ENOENT, is a folder that cannot be written, at once', async ({ bench }) => {
  process.env['GIVERNY_ENGINE_DIR'] = '/proc/giverny/engine';
  const failure = failureOf(await installTensorFlow(bench.recipe(), bench.help()));
  assert.is(failure.code, 'engine-folder-unwritable');
  assert.is(failure.where?.file, '/proc/giverny/engine');
  assert.match(failure.hint!, 'GIVERNY_ENGINE_DIR');
  assert.not.ok(isWritable('/proc/giverny'));
  assert.ok(isWritable(join(bench.folder, 'not', 'yet')));
  assert.not.ok(existsSync(join(bench.folder, 'not')));
});

(process.getuid?.() === 0 ? test : test.skip)('a lock of another user that may not be read is an unwritable folder, not a wait for ever', async ({ bench }) => {
  mkdirSync(bench.engines, { mode: 0o777 });
  chmodSync(bench.engines, 0o1777);
  writeFileSync(`${installationFolder(bench.recipe())}.lock`, '{}', { mode: 0o600 });
  chmodSync(bench.folder, 0o755);
  process.seteuid!(65534);
  try {
    assert.is(failureOf(await installTensorFlow(bench.recipe(), bench.help())).code, 'engine-folder-unwritable');
  } finally {
    process.seteuid!(0);
  }
});

test('an engine that does not run on this machine is not left in place', async ({ bench }) => {
  bench.program('npm', 'mkdir -p node_modules/@tensorflow/tfjs-node-gpu/dist; echo "throw new Error(\'GLIBC_2.99 not found\')" > node_modules/@tensorflow/tfjs-node-gpu/dist/index.js; cp node_modules/@tensorflow/tfjs-node-gpu/dist/index.js node_modules/@tensorflow/tfjs-node-gpu/index.js');
  const failure = failureOf(await installTensorFlow(bench.recipe(), bench.help()));
  assert.is(failure.code, 'engine-load-failed');
  assert.match(failure.message, 'GLIBC_2.99 not found');
  assert.equal(readdirSync(bench.engines), []);
});

test('a damaged installation is seen and mended', async ({ bench }) => {
  const recipe = bench.recipe();
  await installTensorFlow(recipe, bench.help());
  writeFileSync(join(installationFolder(recipe), libraryFolder, 'libtensorflow_cc.so.2'), 'cut');
  const state = readInstallation(recipe);
  assert.is(state.state, 'damaged');
  assert.match(state.state === 'damaged' ? state.reason : '', 'libtensorflow_cc.so.2');
  assert.is(readInstallation({ ...recipe, digest: 'another' }).state, 'damaged');
  assert.ok((await installTensorFlow(recipe, bench.help())).ok);
  assert.is(readInstallation(recipe).state, 'installed');
});

test('unpacking leaves what is whole as it is, and mends what was cut', async ({ bench }) => {
  const entries = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`ziglang/lib/${index % 7}/${index}.h`, `header ${index}`]));
  const wheel = join(bench.folder, 'zig.whl');
  writeFileSync(wheel, zipOf(entries));
  const target = join(bench.folder, 'compiler');
  const unpack = () => unpackWheel(wheel, target, zigPlacement, { help: bench.help() });
  assert.ok((await unpack()).ok);
  writeFileSync(join(target, 'ziglang/lib/1/1.h'), 'hea');
  rmSync(join(target, 'ziglang/lib/2/2.h'));
  const written = () => Object.keys(entries).map((name) => statSync(join(target, name), { bigint: true, throwIfNoEntry: false })?.ctimeNs);
  const before = written();
  assert.ok((await unpack()).ok);
  for (const [name, content] of Object.entries(entries)) assert.is(readFileSync(join(target, name), 'utf8'), content);
  assert.equal(written().flatMap((time, index) => (time === before[index] ? [] : [index])), [1, 2]);
  assert.equal([...bench.progress.keys()], ['unpacking']);
});

test('two at once: the second waits, says for whom, and installs nothing itself', async ({ bench }) => {
  bench.program('npm', `sleep 1\n${'mkdir -p node_modules/@tensorflow/tfjs-node-gpu/dist\necho \'exports.matMul = () => ({ arraySync: () => [[17], [39]] }); exports.backend = () => ({});\' > node_modules/@tensorflow/tfjs-node-gpu/dist/index.js\ncp node_modules/@tensorflow/tfjs-node-gpu/dist/index.js node_modules/@tensorflow/tfjs-node-gpu/index.js'}`);
  const both = await Promise.all([installTensorFlow(bench.recipe(), bench.help()), installTensorFlow(bench.recipe(), bench.help())]);
  assert.ok(both.every(({ ok }) => ok));
  assert.equal(bench.said, [`another giverny (process ${process.pid}) is installing the engine; waiting for it`]);
  assert.equal(bench.calls(), everything);
});

test('the lock of a dead process is taken over', async ({ bench }) => {
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((done) => dead.once('exit', done));
  mkdirSync(bench.engines, { recursive: true });
  writeFileSync(`${installationFolder(bench.recipe())}.lock`, JSON.stringify({ pid: dead.pid, started: '1' }));
  assert.ok((await installTensorFlow(bench.recipe(), bench.help())).ok);
  assert.equal(bench.said, []);
  assert.equal(readdirSync(bench.engines).length, 1);
});

test('Ctrl-C ends the program that runs, and the same command continues', async ({ bench }) => {
  bench.program('python3', 'case "$*" in *--version) exit 0;; esac\nexec sleep 30');
  const help = bench.help();
  const stopping = installTensorFlow(bench.recipe(), { ...help, progress: (label) => void (label.startsWith('tensorflow-cpu') && bench.stop.abort()) });
  assert.is(failureOf(await stopping).code, 'interrupted');
  const aborted = await selectEngine({ backend: 'auto', device: 'cpu' }, help);
  assert.is(failureOf(aborted).code, 'interrupted', 'auto does not fall back to wasm because of Ctrl-C');
});

test('planning installs nothing and says what a run would', async ({ bench }) => {
  const selected = await selectEngine({ backend: 'auto', device: 'cpu' }, { ...bench.help(), provision: false });
  assert.ok(selected.ok);
  assert.not.ok(existsSync(bench.engines));
  assert.is(bench.said.length, 1);
  const offline = await selectEngine({ backend: 'auto', device: 'cpu' }, { ...bench.help(true), provision: false });
  assert.is(offline.ok && offline.value.backend, 'wasm');
  const named = await selectEngine({ backend: 'auto', device: 'gpu:0' }, { ...bench.help(true), provision: false });
  assert.is(failureOf(named).code, 'engine-not-installed', 'a GPU asked for by name is never wasm');
});

test.run();
