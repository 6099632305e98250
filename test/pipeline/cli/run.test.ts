import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { digestText } from '../../../pipeline/plan/digest.ts';
import { chain, Project, until } from './fixture-project.ts';

const test = suite<{ project: Project }>('giverny run');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

test('a run leaves its folder as documented, and ends with the path of its report', async ({ project }) => {
  project.config(chain);
  const { code, stdout, stderr } = await project.run(['run', 'study.yaml', 'stages.first.text=eins']);
  assert.is(code, 0, stderr);
  const [name] = readdirSync(project.rig.path('runs')).filter((entry) => entry !== 'latest');
  assert.match(name!, /^study-[0-9a-f]{12}$/);
  assert.is(stdout, `runs/${name}/report.html\n`);
  const folder = project.rig.path('runs', name!);
  assert.equal(readdirSync(folder).sort(), ['config.yaml', 'environment.json', 'events.jsonl', 'files', 'logs', 'out.txt', 'plan.json', 'report.html', 'run.json']);
  assert.equal(readdirSync(join(folder, 'logs')).sort(), ['count.log', 'first.log', 'second.log']);
  assert.is(readlinkSync(project.rig.path('runs/latest')), name);
  assert.match(readFileSync(join(folder, 'config.yaml'), 'utf8'), /^# giverny run study\.yaml stages\.first\.text=eins\nname: study\n/);
  assert.match(readFileSync(join(folder, 'logs/first.log'), 'utf8'), /wrote eins/);
  const record = project.record();
  assert.ok(record.digest.startsWith(name!.slice(-12)));
  assert.is(record.state, 'done');
  for (const line of readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n')) assert.type((JSON.parse(line) as { readonly event: string }).event, 'string');
  assert.is(readFileSync(join(folder, 'out.txt'), 'utf8'), 'line 1\nline 2\nline 3\n');
});

test('the folder\'s own config names the same run, from anywhere', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml', 'stages.second.text=a b']);
  mkdirSync(project.rig.path('elsewhere'));
  writeFileSync(project.rig.path('elsewhere/copy.yaml'), readFileSync(project.rig.path('runs/latest/config.yaml')));
  const before = project.ledger.length;
  const { code, stderr } = await project.run(['run', 'elsewhere/copy.yaml']);
  assert.is(code, 0);
  assert.match(stderr, /nothing to do: runs\/study-/);
  assert.is(project.ledger.length, before);
});

test('repeating is a no-op; what is missing from the folder comes back; other runs share the cache', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  const first = readlinkSync(project.rig.path('runs/latest'));
  const ran = project.ledger;
  const again = await project.run(['run', 'study.yaml']);
  assert.match(again.stderr, /steps {2}3[^]*nothing to do: runs\/study-[0-9a-f]{12} is done/);
  assert.is(again.stdout, `runs/${first}/report.html\n`);
  assert.equal(project.ledger, ran, 'not even the report is rendered');

  rmSync(project.rig.path('runs/latest/out.txt'));
  const mended = await project.run(['run', 'study.yaml']);
  assert.is(mended.code, 0);
  assert.ok(existsSync(project.rig.path('runs/latest/out.txt')));
  assert.equal(project.starts, { first: 1, second: 1, count: 1 });

  await project.run(['run', 'study.yaml', 'stages.second.text=zwei']);
  assert.equal(project.starts, { first: 1, second: 2, count: 2 });
  assert.is.not(readlinkSync(project.rig.path('runs/latest')), first);
  await project.run(['run', 'study.yaml']);
  assert.is(readlinkSync(project.rig.path('runs/latest')), first, 'a no-op is the run last invoked');
  assert.equal(project.starts, { first: 1, second: 2, count: 2 });
});

test('--force runs everything again, --force=STAGE one stage; equal outputs cut off what follows', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  const one = await project.run(['run', 'study.yaml', '--force=second']);
  assert.is(one.code, 0, one.stderr);
  assert.equal(project.starts, { first: 1, second: 2, count: 1 });
  const all = await project.run(['run', 'study.yaml', '--force']);
  assert.is(all.code, 0, all.stderr);
  assert.equal(project.starts, { first: 2, second: 3, count: 2 });
  assert.is(project.ledger.filter((line) => line === 'from 0').length, 2, 'a forced stage starts without its checkpoints');
  const typo = await project.run(['run', 'study.yaml', '--force=secnd']);
  assert.is(typo.code, 64);
  assert.match(typo.stderr, /did you mean --force=second\?/);
});

test('independent stages run at the same time, and -j 1 makes them wait', async ({ project }) => {
  project.config('stages: { left: { uses: barrier, side: left }, right: { uses: barrier, side: right } }');
  assert.is((await project.run(['run', 'study.yaml', '-j', '2'])).code, 0);
  rmSync(project.rig.path('ledger.markers'), { recursive: true });
  project.config('stages: { left: { uses: write, text: a }, right: { uses: write, text: b } }', 'serial.yaml');
  await project.run(['run', 'serial.yaml', '-j1']);
  assert.equal(project.ledger.slice(-5).map((line) => line.split(' ')[0]), ['start', 'end', 'start', 'end', 'report']);
});

test('a failing stage stops what reads it and nothing else; every failure is printed, once and without a stack', async ({ project }) => {
  project.config(`
stages:
  good: { uses: write }
  bad: { uses: fail, from: good }
  never: { uses: write, from: bad }
  bug: { uses: crash }
  engine-bug: { uses: crash-engine }
  empty: { uses: empty }
  fine: { uses: write, from: good, text: fine }
`);
  const { code, stderr, stdout } = await project.run(['run', 'study.yaml']);
  assert.is(code, 1);
  assert.equal(project.stageStates(), { good: 'done', bad: 'failed', never: 'skipped', bug: 'failed', 'engine-bug': 'failed', empty: 'failed', fine: 'done' });
  assert.is(project.record().state, 'failed');
  assert.match(stderr, /error in bad: it was asked to fail\n.*do not ask/);
  assert.match(stderr, /error in bug: bug crashed: a bug in a stage/);
  assert.match(stderr, /error in engine-bug: engine-bug crashed: a bug in an engine stage/);
  assert.match(stderr, /error in empty:/);
  assert.not.match(stderr, /\n\s+at /);
  assert.match(project.rig.read('runs/latest/logs/bug.log'), /TypeError: a bug in a stage\n\s+at /);
  assert.match(project.rig.read('runs/latest/logs/engine-bug.log'), /TypeError: a bug in an engine stage\n\s+at /);
  assert.match(stdout, /report\.html\n$/);
  assert.equal(readdirSync(project.rig.path('.giverny/work')), [], 'no work folder is left');
});

test('the death of a stage\'s process is a failure that says so', async ({ project }) => {
  project.config('stages: { a: { uses: killed }, b: { uses: killed, signal: SIGSEGV } }');
  const { code, stderr } = await project.run(['run', 'study.yaml']);
  assert.is(code, 1);
  assert.match(stderr, /error in a: a was killed by the system, probably out of memory/);
  assert.match(stderr, /error in b: the process of b died of SIGSEGV/);
  assert.match(stderr, /The same\s+command\s+runs\s+it\s+again/, 'it keeps no checkpoints');
});

test('a stage that says it was interrupted although nobody asked has failed', async ({ project }) => {
  project.config('stages: { odd: { uses: give-up } }');
  const { code, stderr } = await project.run(['run', 'study.yaml']);
  assert.is(code, 1);
  assert.match(stderr.replaceAll(/\s+/g, ' '), /error in odd: odd says that it was interrupted, and nobody asked it to stop/);
  assert.is(project.record().state, 'failed');
});

test('an outside file that changes while its stage runs is not stored under the digest it had before', async ({ project }) => {
  project.config('stages: { copy: { uses: copy, path: data.txt } }');
  project.rig.write('data.txt', 'before');
  const running = project.run(['run', 'study.yaml']);
  await until(() => project.starts['copy'] === 1);
  project.rig.write('data.txt', 'after');
  project.rig.write('ledger.markers/go', '');
  const { code, stderr } = await running;
  assert.is(code, 1);
  assert.match(stderr, /error in copy: data\.txt changed while the stage ran/);
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  project.rig.write('data.txt', 'before');
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  assert.equal(project.starts, { copy: 3 }, 'nothing was cached for the content before');
});

test('an outside file that changed or went since the plan: its stage does not start, and keeps no checkpoints', async ({ project }) => {
  project.config('stages: { wait: { uses: copy, path: other.txt }, tune: { uses: tune, path: data.txt, from: wait } }');
  project.rig.write('other.txt', 'other');
  for (const [how, change] of [['changed', () => void project.rig.write('data.txt', 'after')], ['was removed', () => rmSync(project.rig.path('data.txt'))]] as const) {
    project.rig.write('data.txt', 'before');
    rmSync(project.rig.path('ledger.markers'), { recursive: true, force: true });
    const before = project.starts['wait'] ?? 0;
    const running = project.run(['run', '--force', 'study.yaml']);
    await until(() => project.starts['wait'] === before + 1);
    change();
    project.rig.write('ledger.markers/go', '');
    const { code, stderr } = await running;
    assert.is(code, 1);
    assert.match(stderr.replaceAll(/\s+/g, ' '), new RegExp(`error in tune: data\\.txt ${how} after the plan was made.*The stage was not started`));
  }
  assert.equal(project.starts, { wait: 2 });
  assert.not.ok(project.rig.exists('.giverny/cache/checkpoints') && readdirSync(project.rig.path('.giverny/cache/checkpoints')).length > 0);
});

test('an outside file that is removed while its stage runs: the outputs are kept where the stage had surely read it', async ({ project }) => {
  const runWithout = async (stage: string, change: () => void) => {
    project.config(`stages: { ${stage}: { uses: ${stage}, path: data.txt } }`);
    project.rig.write('data.txt', 'before');
    rmSync(project.rig.path('ledger.markers'), { recursive: true, force: true });
    const reads = () => project.ledger.filter((line) => line === `read before, planned ${digestText('before')}`).length;
    const before = reads();
    const running = project.run(['run', '--force', 'study.yaml']);
    await until(() => reads() > before);
    change();
    project.rig.write('ledger.markers/go', '');
    const { code, stderr } = await running;
    project.rig.write('data.txt', 'before');
    const planned = await project.run(['plan', 'study.yaml']);
    return { code, stderr: stderr.replaceAll(/\s+/g, ' '), cached: planned.code === 0 };
  };
  const remove = () => rmSync(project.rig.path('data.txt'));
  const perhaps = await runWithout('perhaps', remove);
  assert.match(perhaps.stderr, /data\.txt was removed while the stage ran.*Whether the stage had read all of it by then cannot be known/);
  assert.equal([perhaps.code, perhaps.cached], [1, false]);
  const changed = await runWithout('tune', () => void project.rig.write('data.txt', 'after'));
  assert.match(changed.stderr, /data\.txt changed while the stage ran/);
  assert.equal([changed.code, changed.cached], [1, false]);
  const tuned = await runWithout('tune', remove);
  assert.match(tuned.stderr, /data\.txt was removed while the stage ran; it had been read by then, so the outputs are kept/);
  assert.equal([tuned.code, tuned.cached], [0, true]);
});

test('of two stages that write the same names into the run folder, the later one gets a folder of its own', async ({ project }) => {
  project.config('stages:\n  a: { uses: write, files: 2 }\n  b: { uses: write, files: 3, from: a }\n');
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  const inRun = (path: string) => readdirSync(project.rig.path(`runs/latest/${path}`)).sort();
  assert.equal(inRun('files'), ['0.txt', '1.txt']);
  assert.equal(inRun('b/files'), ['0.txt', '1.txt', '2.txt']);
  rmSync(project.rig.path('runs/latest/b'), { recursive: true });
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  assert.equal(inRun('b/files'), ['0.txt', '1.txt', '2.txt']);
  assert.equal(project.starts, { a: 1, b: 1 }, 'restored from the cache');
});

test('a stage whose own folder is taken as well is refused before anything runs', async ({ project }) => {
  project.config('stages:\n  a: { uses: write, files: 2 }\n  files: { uses: write, files: 3, from: a }\n');
  for (const verb of ['run', 'plan']) {
    const { code, stderr } = await project.run([verb, 'study.yaml']);
    assert.is(code, 64);
    assert.match(stderr, /files would write files\/files\/ into the run folder, where another stage's\n  files lie\nstudy\.yaml:3:3\n/);
  }
  assert.equal(project.ledger, []);
});

test('what an earlier, stopped execution left in the folder goes when the stage ends', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  const kept = ['files/0.txt', 'files/1.txt', 'files/2.txt'];
  for (const stray of ['files/9.txt', 'files/deep/old.txt', 'files/.0123456789ab.partial', '.0123456789ab.partial']) project.rig.write(`runs/latest/${stray}`, 'old');
  project.rig.write('runs/latest/notes.txt', 'mine');
  rmSync(project.rig.path('runs/latest/out.txt'));
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  const left = readdirSync(project.rig.path('runs/latest'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.txt') || name.endsWith('.partial'));
  assert.equal(left.sort(), [...kept, 'notes.txt', 'out.txt']);
});

/** Damages the object that holds exactly this text. */
function damage(project: Project, text: string): void {
  const objects = project.rig.path('.giverny/cache/objects');
  for (const name of readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter((path) => /[0-9a-f]{64}$/.test(path))) {
    if (readFileSync(join(objects, name), 'utf8') !== text) continue;
    chmodSync(join(objects, name), 0o644);
    writeFileSync(join(objects, name), text.toUpperCase());
  }
}

test('an engine stage that mends a damaged output waits for the engine, as any other', async ({ project }) => {
  project.config('stages: { first: { uses: compute, text: one }, second: { uses: write, from: first } }');
  await project.run(['run', 'study.yaml']);
  damage(project, 'one');
  project.config('{ extends: study.yaml, stages: { first: { milliseconds: 700 }, other: { uses: compute, text: other, milliseconds: 700 }, second: { text: zwei } } }', 'more.yaml');
  const before = project.ledger.length;
  const { code, stderr } = await project.run(['run', 'more.yaml', '-j', '4']);
  assert.is(code, 0, stderr);
  const engines = project.ledger.slice(before).flatMap((line) => /^(start|end) (first|other)/.exec(line)?.slice(1, 3).join(' ') ?? []);
  assert.is(engines.length, 4);
  for (const at of [0, 2]) assert.is(engines[at]!.replace('start', 'end'), engines[at + 1], engines.join(', '));
});

test('a `latest` that cannot be moved is a warning, at work and when there is none; so is nothing of a damaged report', async ({ project }) => {
  project.config(chain);
  project.rig.write('runs/latest/mine.txt', '');
  for (const expected of [/^done: runs\/study-/m, /^nothing to do: runs\/study-/m]) {
    const { code, stderr } = await project.run(['run', 'study.yaml']);
    assert.is(code, 0, stderr);
    assert.match(stderr, /runs\/latest was left as it is/);
    assert.match(stderr, expected);
  }
  const name = readdirSync(project.rig.path('runs')).find((each) => each.startsWith('study-'))!;
  rmSync(project.rig.path('runs', name, 'report.html'));
  mkdirSync(project.rig.path('runs', name, 'report.html'));
  const report = await project.run(['report', name]);
  assert.is(report.code, 1);
  assert.match(report.stderr, /^error: the report could not be written: EISDIR/);
});

test('a run that finds everything cached shows the figures of the run that made it', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  await project.run(['run', 'study.yaml', 'name=again']);
  assert.equal(project.stageStates(), { first: 'hit', second: 'hit', count: 'hit' });
  assert.match((await project.run(['ls'])).stdout, /^again-\S+ \(latest\) .* loss 0\.3333$/m);
});

test('a damaged cached file is found when it is read, and made again', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml']);
  const objects = project.rig.path('.giverny/cache/objects');
  for (const folder of readdirSync(objects)) {
    for (const name of readdirSync(join(objects, folder))) {
      const file = join(objects, folder, name);
      if (readFileSync(file, 'utf8') !== 'one\n') continue;
      chmodSync(file, 0o644);
      writeFileSync(file, 'oNe\n');
    }
  }
  const { code, stderr } = await project.run(['run', 'study.yaml', 'stages.second.text=zwei']);
  assert.is(code, 0, stderr);
  assert.match(stderr, /first: a cached file of first is damaged or gone and set aside; first runs again/);
  assert.equal(project.starts, { first: 2, second: 2, count: 2 });
});

test('--json: every line of stdout is an event, and the last says how it ended', async ({ project }) => {
  project.config(chain);
  const { stdout, code } = await project.run(['run', 'study.yaml', '--json']);
  assert.is(code, 0);
  const events = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly event: string; readonly state?: string; readonly report?: string });
  assert.is(events[0]!.event, 'run-started');
  assert.is(events.at(-1)!.event, 'run-ended');
  assert.is(events.at(-1)!.state, 'done');
  assert.match(events.at(-1)!.report!, /report\.html$/);
  assert.is(events.filter((event) => event.event === 'stage-ended').length, 3);
});

test('--offline stops a stage that needs the network, not one that is cached; --refetch runs it again', async ({ project }) => {
  project.config('stages: { remote: { uses: remote } }');
  const offline = await project.run(['run', 'study.yaml', '--offline']);
  assert.is(offline.code, 1);
  assert.match(offline.stderr, /remote needs the network, and --offline was given/);
  assert.is((await project.run(['run', 'study.yaml'])).code, 0);
  assert.is((await project.run(['run', 'study.yaml', '--offline'])).code, 0);
  assert.equal(project.starts, { remote: 1 });
  await project.run(['run', 'study.yaml', '--refetch']);
  assert.equal(project.starts, { remote: 2 });
});

test('auto does not fall back to wasm where an unfinished run on TensorFlow exists', async ({ project }) => {
  project.config('stages: { count: { uses: steps }, bad: { uses: fail, from: count } }');
  await project.run(['run', 'study.yaml']);
  const run = readlinkSync(project.rig.path('runs/latest'));
  const fallen = await project.run(['run', 'study.yaml'], { FIXTURE_ENGINE: 'wasm' });
  assert.is(fallen.code, 1);
  assert.match(fallen.stderr.replaceAll(/\s+/g, ' '), new RegExp(`TensorFlow is not available now, and ${run} was begun on it`));
  const chosen = await project.run(['run', 'study.yaml', 'engine=wasm']);
  assert.is.not(readlinkSync(project.rig.path('runs/latest')), run);
  assert.match(chosen.stderr, /it was asked to fail/);
});

test('--root keeps everything in another folder; a run folder of somebody else is not touched', async ({ project }) => {
  project.config(chain);
  const { stdout } = await project.run(['run', 'study.yaml', '--root', 'other']);
  assert.match(stdout, /^other\/runs\/study-[0-9a-f]{12}\/report\.html\n$/);
  assert.not.ok(project.rig.exists('runs'));
  const file = project.rig.path('other/runs/latest/run.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"digest": "(.{12}).{4}/, '"digest": "$1dead'));
  const { code, stderr } = await project.run(['run', 'study.yaml', '--root=other']);
  assert.is(code, 1);
  assert.match(stderr.replaceAll(/\s+/g, ' '), /belongs to another run/);
});

test.run();
