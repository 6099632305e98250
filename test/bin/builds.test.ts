import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildsIn, type Build, type Builds } from '../../bin/builds.js';

const test = suite<{ folder: string }>('builds');
const root = fileURLToPath(new URL('../..', import.meta.url));

test.before.each((context) => { context.folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'giverny-builds-'))); });
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

function newBuild(builds: Builds, asOf = new Date()): Build {
  const build = builds.begin();
  writeFileSync(path.join(build.folder, 'giverny.js'), '');
  builds.makeCurrent(build, asOf);
  return build;
}

test('the newest build is found, with the time of its sources; before the first there is none', ({ folder }) => {
  const builds = buildsIn(path.join(folder, 'dist'));
  assert.is(builds.newest(), undefined);
  newBuild(builds);
  const asOf = new Date('2026-01-02T03:04:05Z');
  const build = newBuild(builds, asOf);
  assert.equal(builds.newest(), { folder: build.folder, asOf: asOf.getTime() });
});

test('a build that a living process uses stays; of the others, the newest three', async ({ folder }) => {
  const builds = buildsIn(path.join(folder, 'dist'));
  const made = Array.from({ length: 3 }, () => newBuild(builds));
  for (const build of made) rmSync(path.join(build.folder, `in-use-${process.pid}`));
  const user = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  writeFileSync(path.join(made[0]!.folder, `in-use-${user.pid}`), '');
  assert.equal(builds.users(), [user.pid]);
  const later = Array.from({ length: 3 }, () => newBuild(builds));
  const there = (build: Build): boolean => existsSync(build.folder);
  assert.equal([...made, ...later].map(there), [true, false, false, true, true, true]);
  user.kill('SIGKILL');
  await once(user, 'exit');
  assert.equal(builds.users(), []);
  newBuild(builds);
  assert.not.ok(there(made[0]!));
});

/** A checkout of its own, so that building it disturbs nobody. */
function checkoutIn(folder: string): string {
  const checkout = path.join(folder, 'checkout');
  mkdirSync(checkout);
  for (const name of ['bin', 'configs', 'pipeline', 'stages', 'package.json', 'package-lock.json', 'README.md', 'ARCHITECTURE.md', 'LICENSE']) {
    cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'), 'junction');
  return checkout;
}

test('two commands that build at once both run', async ({ folder }) => {
  const checkout = checkoutIn(folder);
  const ends = await Promise.all([1, 2].map(async () => {
    const child = spawn(process.execPath, ['bin/giverny.js', '--version'], { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] });
    const [[version], [code]] = await Promise.all([once(child.stdout!, 'data'), once(child, 'exit')]) as [[Buffer], [number]];
    return `${version.toString().trim()} ${code}`;
  }));
  assert.is(new Set(ends).size, 1);
  assert.match(ends[0]!, /^\d+\.\d+\.\d+ 0$/);
  assert.is(readdirSync(path.join(checkout, 'dist/builds')).length, 2);
});

test('packages are not taken from under a giverny that runs from this checkout', ({ folder }) => {
  const checkout = checkoutIn(folder);
  unlinkSync(path.join(checkout, 'node_modules'));
  const build = newBuild(buildsIn(path.join(checkout, 'dist')));
  assert.ok(existsSync(path.join(build.folder, `in-use-${process.pid}`)));
  const { status, stderr } = spawnSync(process.execPath, ['bin/giverny.js', '--version'], { cwd: checkout, encoding: 'utf8', env: { PATH: '' } });
  assert.is(status, 1);
  assert.match(stderr, `process ${process.pid} runs from this checkout`);
  assert.not.ok(existsSync(path.join(checkout, 'node_modules')));
});

test('npm packs one build, and the packed command runs', ({ folder }) => {
  const checkout = checkoutIn(folder);
  newBuild(buildsIn(path.join(checkout, 'dist')));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const packed = spawnSync(npm, ['pack', '--json', '--pack-destination', folder, '--ignore-scripts=false'], { cwd: checkout, encoding: 'utf8' });
  assert.is(packed.status, 0, packed.stderr);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  assert.is(spawnSync('tar', ['-xzf', tarball!], { cwd: folder }).status, 0);
  const unpacked = path.join(folder, 'package');
  assert.equal(readdirSync(path.join(unpacked, 'dist')), ['package']);
  assert.not.ok(existsSync(path.join(unpacked, 'pipeline')));
  symlinkSync(path.join(root, 'node_modules'), path.join(unpacked, 'node_modules'), 'junction');
  const version = spawnSync(process.execPath, ['bin/giverny.js', '--version'], { cwd: unpacked, encoding: 'utf8' });
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/, version.stderr);
});

test.run();
