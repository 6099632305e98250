// `giverny engine` and `giverny doctor`, as commands: their words, their JSON, their exit codes. They are run here, in an empty engine folder.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CommandIo } from '../../../pipeline/cli/command.ts';
import { doctorCommand } from '../../../pipeline/cli/doctor.ts';
import { engineCommand } from '../../../pipeline/cli/engine.ts';
import { recipeFor } from '../../../stages/engine/tensorflow/recipe.ts';

interface Context {
  folder: string;
  before: string | undefined;
  out: string;
  err: string;
  io: CommandIo;
}

const test = suite<Context>('engine and doctor');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'giverny-engine-'));
  context.before = process.env['GIVERNY_ENGINE_DIR'];
  process.env['GIVERNY_ENGINE_DIR'] = join(context.folder, 'engine');
  context.out = context.err = '';
  context.io = {
    stdout: (text) => void (context.out += text),
    stderr: (text) => void (context.err += text),
    cwd: context.folder,
    root: context.folder,
    color: false,
    terminal: false,
    catalog: { stages: new Map(), selectEngine: unused, writeReport: unused, summarize: unused },
    stageProcess: { script: '', execArgv: [] },
  };
});

test.after.each(({ folder, before }) => {
  if (before === undefined) delete process.env['GIVERNY_ENGINE_DIR'];
  else process.env['GIVERNY_ENGINE_DIR'] = before;
  rmSync(folder, { recursive: true, force: true });
});

function unused(): never {
  throw new Error('these commands need nothing of the catalog');
}

const recipe = recipeFor(process.platform, process.arch, 'cpu');
if (!recipe) console.log('there is no TensorFlow for this platform: the tests of its installation are skipped');
const whereSupported = recipe ? test : test.skip;

whereSupported('status: nothing there, a damaged one, and what mends it', async (context) => {
  assert.is(await engineCommand(['status', '--device', 'cpu'], context.io), 1);
  assert.match(context.out, 'TensorFlow is not installed');
  const damaged = join(context.folder, 'engine', recipe!.id);
  mkdirSync(damaged, { recursive: true });
  writeFileSync(join(damaged, 'giverny-engine.json'), JSON.stringify({ recipe: recipe!.digest, files: { 'library.so': 5 } }));
  context.out = '';
  assert.is(await engineCommand(['status', '--device', 'cpu'], context.io), 1);
  assert.match(context.out, 'library.so is missing');
  assert.match(context.out, 'giverny engine install mends that');
});

test('remove: says what it freed, and that there is nothing', async (context) => {
  mkdirSync(join(context.folder, 'engine', 'tensorflow-x'), { recursive: true });
  writeFileSync(join(context.folder, 'engine', 'tensorflow-x', 'library.so'), 'bytes');
  assert.is(await engineCommand(['remove'], context.io), 0);
  assert.match(context.out, 'removed');
  context.out = '';
  assert.is(await engineCommand(['remove'], context.io), 0);
  assert.is(context.out, 'no engine was installed\n');
});

test('remove leaves alone what is no engine', async (context) => {
  mkdirSync(join(context.folder, 'engine'));
  writeFileSync(join(context.folder, 'engine', 'thesis.tex'), 'years of work');
  assert.is(await engineCommand(['remove'], context.io), 0);
  assert.ok(existsSync(join(context.folder, 'engine', 'thesis.tex')));
});

(process.getuid?.() === 0 ? test : test.skip)('remove: an engine of another user is one line', async (context) => {
  mkdirSync(join(context.folder, 'engine', 'tensorflow-x', 'y'), { recursive: true });
  chmodSync(context.folder, 0o755);
  process.seteuid!(65534);
  try {
    assert.is(await engineCommand(['remove'], context.io), 1);
  } finally {
    process.seteuid!(0);
  }
  assert.match(context.err, /cannot be written/);
  assert.not.match(context.err, /\n +at /);
});

for (const args of [[], ['instal'], ['status', 'now'], ['install', '--device', 'tpu'], ['install', '--devise', 'cpu']]) {
  test(`giverny engine ${args.join(' ')} is a usage error`, async (context) => {
    assert.is(await engineCommand(args, context.io), 64);
    assert.match(context.err, 'error: giverny engine');
    assert.is(context.out, '');
  });
}

/** A PATH with nothing on it but these programs, which only say that they are there. */
async function withPrograms<T>(folder: string, names: readonly string[], work: () => Promise<T>): Promise<T> {
  const before = process.env['PATH'];
  mkdirSync(join(folder, 'bin'));
  for (const name of names) writeFileSync(join(folder, 'bin', name), '#!/bin/sh\necho 25', { mode: 0o755 });
  process.env['PATH'] = join(folder, 'bin');
  try {
    return await work();
  } finally {
    process.env['PATH'] = before;
  }
}

whereSupported('doctor: that TensorFlow is still to be installed is no problem where it can be', async (context) => {
  assert.is(await withPrograms(context.folder, ['npm', 'python3'], () => doctorCommand([], context.io)), 0, context.out);
  assert.match(context.out, /^ok +wasm +works/m);
  assert.match(context.out, /^note +TensorFlow +not installed yet/m);
  assert.match(context.out, /Everything that is needed is there/);
});

whereSupported('doctor: without pip, pip is what mends it', async (context) => {
  assert.is(await withPrograms(context.folder, ['npm'], () => doctorCommand([], context.io)), 1);
  assert.match(context.out, /^PROBLEM +pip/m);
  assert.match(context.out, /To mend it: install pip .*python3-pip.*engine: wasm/);
});

whereSupported('doctor: folders that cannot be written, each with what mends it', async (context) => {
  writeFileSync(join(context.folder, 'file'), '');
  process.env['GIVERNY_ENGINE_DIR'] = join(context.folder, 'file', 'engine');
  assert.is(await withPrograms(context.folder, ['npm', 'python3'], () => doctorCommand([], context.io)), 1);
  assert.match(context.out, /^PROBLEM +engine folder/m);
  assert.match(context.out, /To mend it: set GIVERNY_ENGINE_DIR/);
  context.out = '';
  await doctorCommand([], { ...context.io, root: join(context.folder, 'file', 'project') });
  assert.match(context.out, /^PROBLEM +folder of runs/m);
  assert.match(context.out, /To mend it: run giverny in a folder that can be written/);
});

test('doctor --json is one object with the same findings', async (context) => {
  const code = await doctorCommand(['--json'], context.io);
  const told = JSON.parse(context.out) as { healthy: boolean; findings: { name: string; state: string }[] };
  assert.is(told.healthy, code === 0);
  const names = told.findings.map(({ name }) => name);
  for (const name of ['giverny', 'Node', 'machine', 'threads', 'disk', 'folder of runs', 'npm', 'pip', 'C++ compiler', 'wasm', 'TensorFlow']) assert.ok(names.includes(name), name);
});

test.run();
