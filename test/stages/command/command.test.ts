import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from '../../../stages/command/process-group.ts';
import { commandStage } from '../../../stages/command/definition.ts';
import { codeOf, createRig, filesBelow, inputFrom, messageOf, placesIn, prepared } from '../stage-rig.ts';
import type { Rig } from '../stage-rig.ts';

const test = suite<{ rig: Rig }>('command');
test.before.each(async (context) => {
  context.rig = await createRig();
});
test.after.each(({ rig }) => rig.remove());

const params = (run: string | readonly string[], outputs: readonly string[], more: object = {}) => ({ run, outputs, inputs: [], environment: [], ...more });

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Waits for a killed process to be gone for good: its parent, or init, still has to take note. */
async function isGone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    if (!isAlive(pid) || (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ' Z ')).includes(') Z ')) return true;
    await sleep(50);
  }
  return false;
}

test('a program reads its files and a stage, and its declared outputs are all that is kept', async ({ rig }) => {
  await mkdir(join(rig.folder, 'before/train/A'), { recursive: true });
  await writeFile(join(rig.folder, 'before/train/A/name with space.txt'), 'from the stage\n');
  await writeFile(join(rig.folder, 'mine.txt'), 'from the user\n');
  await mkdir(join(rig.folder, 'lib'));
  await writeFile(join(rig.folder, 'lib/deep.txt'), 'from a folder\n');
  const inputs = [{ path: join(rig.folder, 'mine.txt'), as: 'sub/mine.txt' }, { path: join(rig.folder, 'lib'), as: 'lib' }];
  const run = "mkdir -p made/deep && cat {resize}/train/A/*.txt sub/mine.txt lib/deep.txt > all.txt && echo $((6 * 7)) > made/deep/answer && echo {seed} > seed && touch waste";
  const input = await inputFrom(join(rig.folder, 'before'), 'resize');
  const { result, out } = await rig.run(commandStage, params(run, ['all.txt', 'made/', './seed'], { inputs }), { inputs: [input], seed: 41 });
  assert.is(codeOf(result), 'ok', messageOf(result));
  assert.equal(await filesBelow(out), ['all.txt', 'made/deep/answer', 'seed']);
  assert.is(await readFile(join(out, 'all.txt'), 'utf8'), 'from the stage\nfrom the user\nfrom a folder\n');
  assert.is(await readFile(join(out, 'made/deep/answer'), 'utf8'), '42\n');
  assert.is(await readFile(join(out, 'seed'), 'utf8'), '41\n');
});

test('a list runs without a shell; other braces and ${…} are left alone', async ({ rig }) => {
  const program = 'const [, ...rest] = process.argv; require("fs").writeFileSync("out", JSON.stringify(rest))';
  const list = await rig.run(commandStage, params(['node', '-e', program, '--', '{seed} $HOME *', '{other}', '${seed}'], ['out']), { seed: 5 });
  assert.is(codeOf(list.result), 'ok', messageOf(list.result));
  assert.equal(JSON.parse(await readFile(join(list.out, 'out'), 'utf8')), ['5 $HOME *', '{other}', '${seed}']);
  const shell = await rig.run(commandStage, params('seed=9; echo "${seed} {print} {seed}" > out', ['out']), { seed: 5 });
  assert.is(await readFile(join(shell.out, 'out'), 'utf8'), '9 {print} 5\n');
  assert.ok(shell.lines.some((line) => line.includes('{print} is no stage')));
});

test('a placeholder with a slip is refused before anything runs; other braces are the program’s', () => {
  const prepare = (run: string | readonly string[]) => commandStage.prepare(params(run, ['out']), placesIn('/', ['resize', 'a']));
  for (const [run, meant] of [['cat {rezise}/x', '{resize}'], [['echo', '{Resize}'], '{resize}'], ['echo {sed}', '{seed}']] as const) {
    const result = prepare(run);
    assert.is(codeOf(result), 'config-invalid-value');
    assert.ok(!result.ok && result.failure.exit === 64 && messageOf(result).includes(meant), messageOf(result));
  }
  for (const run of ["awk '{print}' {resize}/x {a} {seed}", 'echo ${resiz} ${HOME}', 'echo { rezise }', '{b} {x} {}', 'echo {1..3} {one,two}']) {
    assert.is(codeOf(prepare(run)), 'ok', run);
  }
});

test('its output and errors are the log, line by line; of overwritten lines the last state', async ({ rig }) => {
  const { result, lines } = await rig.run(commandStage, params('echo one; echo two >&2; printf "10%%\\r50%%\\r100%%\\n"; printf last; : > out', ['out']));
  assert.is(codeOf(result), 'ok', messageOf(result));
  assert.equal([...lines].sort().slice(1), ['100%', 'last', 'one', 'two']);
  assert.match(lines[0]!, /^\$ echo one/);
  const seeded = await rig.run(commandStage, params('echo {seed} > out', ['out']));
  assert.match(seeded.lines[0]!, /^\$ echo \d+ > out$/);
});

test('much output neither blocks nor is lost', async ({ rig }) => {
  const { result, lines } = await rig.run(commandStage, params('seq 1 100000; seq 1 100000 >&2; : > out', ['out']));
  assert.is(codeOf(result), 'ok', messageOf(result));
  assert.is(lines.length, 200001);
});

test('only declared variables and what every program needs are seen', async ({ rig }) => {
  process.env['GIVERNY_TEST_SHOWN'] = 'shown';
  process.env['GIVERNY_TEST_HIDDEN'] = 'hidden';
  const { out } = await rig.run(commandStage, params('env > out', ['out'], { environment: ['GIVERNY_TEST_SHOWN'] }));
  const seen = await readFile(join(out, 'out'), 'utf8');
  assert.match(seen, /^GIVERNY_TEST_SHOWN=shown$/m);
  assert.match(seen, /^PATH=/m);
  assert.not.match(seen, /HIDDEN/);
});

test('exit code, missing program, signal, timeout, missing output: each its own failure', async ({ rig }) => {
  await writeFile(join(rig.folder, 'no.sh'), 'echo');
  await chmod(join(rig.folder, 'no.sh'), 0o644);
  const cases: [string, RegExp, string | readonly string[], object?][] = [
    ['command-failed', /exit code 3; the last it printed:\n {2}line 11\n[^]* {2}line 20$/, 'for i in $(seq 1 20); do echo line $i; done; exit 3'],
    ['command-failed', /exit code 1; it printed nothing/, 'exit 1'],
    ['command-not-found', /no-such-program/, 'no-such-program-at-all'],
    ['command-not-found', /no-such-program .*could not be started/, ['no-such-program', 'x']],
    ['command-not-found', /EACCES/, [join(rig.folder, 'no.sh')]],
    ['command-killed', /SIGSEGV/, ['node', '-e', 'process.kill(process.pid, "SIGSEGV")']],
    ['command-killed', /memory runs out/, ['node', '-e', 'process.kill(process.pid, "SIGKILL")']],
    ['command-timeout', /longer than 0\.3 s .*\n {2}begun/, 'echo begun; sleep 60', { timeout: 0.3 }],
    ['command-output-missing', /did not write out/, 'true'],
    ['command-output-missing', /out is a folder \(.*out\/\)/, 'mkdir out'],
  ];
  for (const [code, message, run, more] of cases) {
    const { result, out } = await rig.run(commandStage, params(run, ['out'], more));
    assert.is(codeOf(result), code, `${String(run)}: ${messageOf(result)}`);
    assert.match(result.ok ? '' : result.failure.message + (result.failure.hint ?? ''), message);
    assert.equal(await filesBelow(out), []);
  }
  const empty = await rig.run(commandStage, params('mkdir out', ['out/']));
  assert.match(messageOf(empty.result), /left out\/ empty/);
});

test('a program that fails is tried again in a new folder, as often as it may', async ({ rig }) => {
  const count = `echo x >> ${rig.folder}/tries; test ! -e out || exit 9`;
  const tries = async () => (await readFile(join(rig.folder, 'tries'), 'utf8')).trim().split('\n').length;
  const second = await rig.run(commandStage, params(`${count}; echo done > out; test $(wc -l < ${rig.folder}/tries) = 2`, ['out'], { retries: 3 }));
  assert.is(codeOf(second.result), 'ok', messageOf(second.result));
  assert.is(await tries(), 2);
  assert.is(await readFile(join(second.out, 'out'), 'utf8'), 'done\n');
  assert.match(second.warnings.join('\n'), /ended with exit code 1; it printed nothing; retry 1 of 3 in 1 s$/);
  const never = await rig.run(commandStage, params(`${count}; echo half > out; sleep 60`, ['out'], { retries: 1, timeout: 0.2 }));
  assert.is(codeOf(never.result), 'command-timeout', messageOf(never.result));
  assert.match(never.result.ok ? '' : never.result.failure.hint!, /it was tried 2 times/);
  assert.is(await tries(), 4);
  assert.equal(await filesBelow(never.out), []);
});

test('what cannot be found is not looked for again, and a stop ends the waiting', async ({ rig }) => {
  const missing = await rig.run(commandStage, params('no-such-program-at-all', ['out'], { retries: 100 }));
  assert.is(codeOf(missing.result), 'command-not-found');
  const stop = new AbortController();
  const running = rig.run(commandStage, params(`echo x >> ${rig.folder}/tries; exit 1`, ['out'], { retries: 100, timeout: 5 }), { stop: stop.signal });
  while (!(await readFile(join(rig.folder, 'tries'), 'utf8').catch(() => ''))) await sleep(20);
  await sleep(100);
  stop.abort();
  assert.is(codeOf((await running).result), 'interrupted');
  assert.is(await readFile(join(rig.folder, 'tries'), 'utf8'), 'x\n');
});

test('stop ends the whole group, children that ignore the request too', async ({ rig }) => {
  const stop = new AbortController();
  const run = `sleep 300 & echo $! > ${rig.folder}/pid; node -e 'process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)'`;
  const running = rig.run(commandStage, params(run, ['out']), { stop: stop.signal });
  while (!(await readFile(join(rig.folder, 'pid'), 'utf8').catch(() => ''))) await sleep(20);
  await sleep(300);
  stop.abort();
  const { result } = await running;
  assert.is(codeOf(result), 'interrupted');
  assert.ok(await isGone(Number(await readFile(join(rig.folder, 'pid'), 'utf8'))));
});

test('a stop that comes while the program is being started is not lost', async ({ rig }) => {
  const stop = new AbortController();
  const ending = runProgram({ run: 'sleep 20', folder: rig.folder, environment: {}, stop: stop.signal, onLine: () => undefined });
  stop.abort();
  assert.equal(await ending, { kind: 'stopped' });
});

test('what a program leaves running is ended with it', async ({ rig }) => {
  const { result } = await rig.run(commandStage, params(`sleep 300 & echo $! > ${rig.folder}/pid; : > out`, ['out']));
  assert.is(codeOf(result), 'ok', messageOf(result));
  assert.ok(await isGone(Number(await readFile(join(rig.folder, 'pid'), 'utf8'))));
});

test('killing giverny itself (kill -9) ends the program', async ({ rig }) => {
  const parent = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('run-forever.ts', import.meta.url)), rig.folder], { stdio: 'ignore' });
  const pid = async () => Number(await readFile(join(rig.folder, 'pid'), 'utf8').catch(() => '0'));
  while (!(await pid())) await sleep(20);
  await sleep(200);
  assert.ok(isAlive(await pid()));
  parent.kill('SIGKILL');
  assert.ok(await isGone(await pid()));
});

test('the key: what counts and what does not', () => {
  const key = (given: object, from: readonly string[] = [], base = '/a') => {
    const { keyed, random, outside, environment } = prepared(commandStage, { inputs: [], environment: [], outputs: ['o'], ...given }, base, from);
    return JSON.stringify({ keyed, random, environment, outside: outside?.map(({ name }) => name) });
  };
  const run = (text: string) => ({ run: text });
  assert.is(key(run('x {a} {b}'), ['a', 'b']), key(run('x {p} {q}'), ['p', 'q']), 'renaming stages');
  assert.is.not(key(run('x {a} {b}'), ['a', 'b']), key(run('x {a} {b}'), ['b', 'a']), 'swapping stages');
  assert.is.not(key(run('x 1')), key(run('x 2')));
  assert.is.not(key(run('x y')), key({ run: ['x', 'y'] }));
  assert.is(key({ run: 'x', timeout: 5 }), key({ run: 'x', timeout: 9 }), 'timeout');
  assert.is(key({ run: 'x', retries: 5 }), key(run('x')), 'retries');
  assert.is(key({ run: 'x', inputs: ['f.py'] }, [], '/a'), key({ run: 'x', inputs: ['f.py'] }, [], '/b'), 'where the config lies');
  assert.is.not(key({ run: 'x', inputs: ['f.py'] }), key({ run: 'x', inputs: ['g.py'] }));
  assert.is.not(key(run('x')), key({ run: 'x', environment: ['HOST'] }));
  const random = (text: string) => prepared(commandStage, params(text, ['o'])).random;
  assert.equal([random('x {seed}'), random('x ${seed}'), random('x seed')], [true, false, false]);
});

test('inputs: relative names are kept, others go by their last name; what was prepared prepares to the same', () => {
  const first = prepared(commandStage, { run: 'x', outputs: ['o'], environment: [], inputs: ['./src/f.py', '../g.py', '/abs/h.py', 'lib/', { path: 'k.py', as: 'as/k.py' }] }, '/home/me/configs');
  assert.equal(first.params.inputs, [
    { path: '/home/me/configs/src/f.py', as: 'src/f.py' },
    { path: '/home/me/g.py', as: 'g.py' },
    { path: '/abs/h.py', as: 'h.py' },
    { path: '/home/me/configs/lib', as: 'lib' },
    { path: '/home/me/configs/k.py', as: 'as/k.py' },
  ]);
  assert.equal(first.outside?.map(({ name, path }) => [name, path]), first.params.inputs.map(({ path, as }) => [as, path]));
  const again = prepared(commandStage, first.params, '/elsewhere');
  assert.equal([again.params, again.keyed], [first.params, first.keyed]);
});

test('names that lead out, repeat or lie in each other are refused', () => {
  const wrong = [{ outputs: ['../o'] }, { outputs: ['/o'] }, { outputs: ['o', './o'] }, { outputs: ['o/', 'o/x'] }, { outputs: ['f.py'], inputs: ['f.py'] }, { outputs: ['o'], inputs: [{ path: 'f', as: '../f' }] }];
  for (const given of wrong) {
    const result = commandStage.prepare({ run: 'x', inputs: [], environment: [], ...given }, placesIn('/'));
    assert.is(codeOf(result), 'config-invalid-value', JSON.stringify(given));
  }
});

test('an input that is gone by the time it runs is named', async ({ rig }) => {
  const { result } = await rig.run(commandStage, params('true', ['o'], { inputs: [{ path: join(rig.folder, 'gone.py'), as: 'gone.py' }] }));
  assert.is(codeOf(result), 'outside-input-missing');
  assert.match(messageOf(result), /gone\.py/);
});

test.run();
