import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { askToStop } from '../../../pipeline/cli/sweep-cancel.ts';
import { chain, isAlive, Project, until } from './fixture-project.ts';

const test = suite<{ project: Project }>('giverny sweep');
test.before.each((context) => { context.project = new Project(); });
test.after.each(({ project }) => project.rig.cleanup());

const sweepsOf = (project: Project): readonly string[] => readdirSync(project.rig.path('runs/sweeps')).sort();
const runsOf = (project: Project): readonly string[] => readdirSync(project.rig.path('runs')).filter((name) => name !== 'sweeps' && name !== 'latest').sort();

/** The rows of the only sweep's table, by column. */
function tableOf(project: Project, sweep = sweepsOf(project)[0]!): readonly Readonly<Record<string, string>>[] {
  const [heading, ...rows] = project.rig.read(`runs/sweeps/${sweep}/table.csv`).trimEnd().split('\n').map(cells);
  return rows.map((row) => Object.fromEntries(heading!.map((name, index) => [name, row[index]!])));
}

/** RFC 4180, in one line. */
const cells = (line: string): readonly string[] => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');

interface Recorded {
  readonly axes: readonly string[];
  readonly trials: readonly { readonly trial: string; readonly run: string; readonly identity: string; readonly values: object; readonly overrides: readonly string[] }[];
}

const recordOf = (project: Project, sweep = sweepsOf(project)[0]!): Recorded => JSON.parse(project.rig.read(`runs/sweeps/${sweep}/sweep.json`)) as Recorded;

const folded = (text: string): string => text.replaceAll(/\s+/g, ' ');

test('every trial is a run; what they share is made once, before them; the folder is as documented', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml', 'stages.first.text=before']);
  const latest = readlinkSync(project.rig.path('runs/latest'));
  const { code, stdout, stderr } = await project.run(['sweep', 'study.yaml', 'stages.second.text=a,b,c', 'stages.count.count=1,2']);
  assert.is(code, 0, stderr);
  const [sweep] = sweepsOf(project);
  assert.match(sweep!, /^study-[0-9a-f]{8}$/);
  assert.is(stdout, `runs/sweeps/${sweep}/table.csv\n`);
  assert.match(stderr, /^6 trials → 10 stage runs, 0 cached, about .* at the last timings\n/);
  assert.equal(project.starts, { first: 2, second: 4, count: 7 }, 'one of each was the run before');
  assert.is(readlinkSync(project.rig.path('runs/latest')), latest, 'a trial is not the run last invoked');
  const { axes, trials } = recordOf(project);
  assert.equal(axes, ['stages.second.text', 'stages.count.count']);
  assert.equal(trials[3]!.values, { 'stages.second.text': 'b', 'stages.count.count': 2 });
  assert.equal(trials[3]!.overrides, ['stages.second.text=b', 'stages.count.count=2']);
  assert.equal(readdirSync(project.rig.path('runs/sweeps', sweep!, 'trials')), ['0001-text=a-count=1', '0002-text=a-count=2', '0003-text=b-count=1', '0004-text=b-count=2', '0005-text=c-count=1', '0006-text=c-count=2']);
  assert.is(project.rig.read(`runs/sweeps/${sweep}/trials/0004-text=b-count=2/out.txt`), 'line 1\nline 2\n');
  const table = tableOf(project);
  assert.equal(table.map((row) => [row['trial'], row['stages.second.text'], row['stages.count.count'], row['state'], row['loss']]), [
    ['0001', 'a', '1', 'done', '1'], ['0002', 'a', '2', 'done', '0.5'], ['0003', 'b', '1', 'done', '1'], ['0004', 'b', '2', 'done', '0.5'], ['0005', 'c', '1', 'done', '1'], ['0006', 'c', '2', 'done', '0.5'],
  ]);
  for (const [index, { run, identity }] of trials.entries()) {
    assert.is(table[index]!['run'], run);
    assert.is(project.record(run).digest, identity);
  }
});

test('a trial is the run that `giverny run` with its values is', async ({ project }) => {
  project.config(chain);
  await project.run(['sweep', 'study.yaml', 'stages.count.count=1,2', '--seeds', '2']);
  const ran = project.ledger;
  for (const { overrides, run } of recordOf(project).trials) {
    const { code, stderr } = await project.run(['run', 'study.yaml', ...overrides]);
    assert.is(code, 0);
    assert.match(stderr, new RegExp(`nothing to do: runs/${run}`));
  }
  assert.equal(project.ledger, ran);
});

test('repeating does nothing; more values run only what is new; a run folder that was removed comes back', async ({ project }) => {
  project.config(chain);
  const command = ['sweep', 'study.yaml', 'stages.count.count=1,2'];
  await project.run(command);
  const ran = project.ledger;
  const again = await project.run(command);
  assert.is(again.code, 0);
  assert.match(again.stderr, /2 trials → 0 stage runs, 4 cached\n/);
  assert.equal(project.ledger, ran);
  const more = await project.run([...command.slice(0, 2), 'stages.count.count=1,2,3']);
  assert.match(more.stderr, /3 trials → 1 stage run, 4 cached/);
  assert.equal(project.starts, { first: 1, second: 1, count: 3 });
  assert.is(sweepsOf(project).length, 2);
  const { run } = recordOf(project, sweepsOf(project).find((sweep) => recordOf(project, sweep).trials.length === 2)).trials[1]!;
  rmSync(project.rig.path('runs', run), { recursive: true });
  assert.is((await project.run(command)).code, 0);
  assert.is(project.rig.read(`runs/${run}/out.txt`), 'line 1\nline 2\n');
  assert.equal(project.starts, { first: 1, second: 1, count: 3 });
});

test('--dry-run says what would run and what it costs, and writes nothing', async ({ project }) => {
  project.config(chain);
  await project.run(['run', 'study.yaml', 'stages.second.text=a']);
  const before = readdirSync(project.rig.path('runs'));
  const args = ['sweep', 'study.yaml', 'stages.second.text=a,b', 'stages.count.count=3,4', '-n'];
  const { code, stdout } = await project.run(args);
  assert.is(code, 0);
  assert.match(stdout, /0001 +a +3 +study-[0-9a-f]{12} +nothing\n0002 +a +4 +study-[0-9a-f]{12} +count\n0003 +b +3 +study-[0-9a-f]{12} +second\*, count\n/);
  assert.match(stdout, /\n4 trials → 4 stage runs, 3 cached, about .* at the last timings\n$/);
  const lines = (await project.run([...args, '--json'])).stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly trial?: string; readonly stageRuns?: number; readonly cached?: number });
  assert.equal(lines.map(({ trial }) => trial), ['0001', '0002', '0003', '0004', undefined]);
  assert.is(lines.at(-1)!.stageRuns, 4);
  assert.equal(readdirSync(project.rig.path('runs')), before);
});

test('a trial that fails does not stop the others, and is tried again by the same command', async ({ project }) => {
  project.config(`${chain}  odd: { uses: write }\n`);
  const command = ['sweep', 'study.yaml', 'stages.odd={uses: fail},{uses: write},{uses: crash}', 'stages.count.count=1,2', '-j', '1'];
  const { code, stderr } = await project.run(command);
  assert.is(code, 1);
  assert.equal(tableOf(project).map(({ state }) => state), ['skipped', 'skipped', 'done', 'done', 'skipped', 'skipped']);
  assert.match(folded(stderr), /shared by 2 trials: odd error in odd: it was asked to fail/);
  assert.match(stderr, /2 of 6 trials done, 4 failed/);
  assert.not.match(stderr, /\n\s+at /);
  const { starts } = project;
  assert.is((await project.run(command)).code, 1);
  assert.equal(project.starts, { ...starts, odd: starts['odd']! + 2 }, 'only what failed');
  const logs = await project.run(['sweep', 'logs']);
  assert.match(folded(logs.stdout), /error in odd: odd crashed: a bug in a stage/);
});

test('--on-error stop begins no further trial', async ({ project }) => {
  project.config('stages: { odd: { uses: write } }');
  const { code, stderr } = await project.run(['sweep', 'study.yaml', 'stages.odd={uses: fail},{uses: write, text: a},{uses: write, text: b}', '-j', '1', '--on-error', 'stop']);
  assert.is(code, 1, stderr);
  assert.equal(tableOf(project).map(({ state }) => state), ['failed', 'waiting', 'waiting']);
});

test('where something shared fails, nobody runs it again, and the others go on', async ({ project }) => {
  project.config('stages: { bad: { uses: fail }, good: { uses: write }, after: { uses: write, from: bad } }');
  const { code, stderr } = await project.run(['sweep', 'study.yaml', 'stages.after.text=a,b', 'stages.good.text=x,y']);
  assert.is(code, 1);
  assert.is(project.starts['bad'], 1);
  assert.match(stderr, /not run, because what it shares with others failed/);
  assert.equal([...new Set(tableOf(project).map(({ state }) => state))], ['skipped']);
});

const slowSteps = 'stages: { count: { uses: steps, count: 3, milliseconds: 120 } }';
const slowSweep = ['sweep', 'study.yaml', 'stages.count.count=20,21', 'name=a,b', '-j', '2'];

/** How often each step of the two lengths was done: each trajectory is the same, so its steps are done once. */
const repeatedSteps = (project: Project): readonly string[] => {
  const counts = new Map<string, number>();
  for (const line of project.ledger.filter((each) => each.startsWith('step '))) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([line]) => line);
};

test('killed with kill -9, the same command continues: nothing that was done is done again', async ({ project }) => {
  project.config(slowSteps);
  const running = project.start(slowSweep);
  await until(() => project.ledger.includes('step 4'));
  running.process.kill('SIGKILL');
  const stage = project.pidOf('count');
  await until(() => !isAlive(stage));
  const status = await project.run(['sweep', 'status']);
  assert.match(status.stdout, /0 of \d trials done[^]*interrupted/);
  const { code, stderr } = await project.run(slowSweep);
  assert.is(code, 0, stderr);
  assert.equal(repeatedSteps(project).filter((step) => Number(step.split(' ')[1]) < 4), [], 'the checkpoint before the kill was continued from');
  assert.ok(tableOf(project).every(({ state }) => state === 'done'));
});

test('Ctrl-C writes checkpoints and exits 130; resume continues, in a process of its own', async ({ project }) => {
  project.config(slowSteps);
  const running = project.start(slowSweep);
  await until(() => project.ledger.includes('step 3'));
  running.process.kill('SIGINT');
  const { code, stderr } = await running.finished;
  assert.is(code, 130, stderr);
  assert.match(stderr, /interrupted; the same command continues from here/);
  assert.ok(project.ledger.includes('end count interrupted'));
  const resumed = await project.start(['sweep', 'resume']).finished;
  assert.is(resumed.code, 0, resumed.stderr);
  assert.equal(repeatedSteps(project), []);
  assert.ok(tableOf(project).every(({ state }) => state === 'done'));
});

test('while one process follows a sweep another is refused; cancel stops it from anywhere', async ({ project }) => {
  project.config(slowSteps);
  const running = project.start(slowSweep);
  await until(() => project.ledger.includes('step 2'));
  const [sweep] = sweepsOf(project);
  const second = await project.run(slowSweep);
  assert.is(second.code, 1);
  assert.match(folded(second.stderr), /process \d+ is following this sweep .*giverny sweep status/);
  assert.match((await project.run(['sweep', 'status', sweep!])).stdout, /0 of \d trials done, \d running; followed by process \d+/);
  const cancelled = await project.run(['sweep', 'cancel', sweep!.slice(-8)]);
  assert.is(cancelled.code, 0);
  assert.is((await running.finished).code, 143);
  assert.match((await project.run(['sweep', 'status', 'latest'])).stdout, /followed by nobody now/);
});

test('a follower that has just gone is one that was stopped; one of another user is said to be', () => {
  const answer = (code: string) => askToStop(12, () => { throw Object.assign(new Error(code), { code }); });
  assert.ok(answer('ESRCH').ok);
  const refused = answer('EPERM');
  assert.match(refused.ok ? '' : `${refused.failure.code}: ${refused.failure.message}`, /^sweep-in-use: process 12 .* another user/);
  assert.throws(() => answer('EINVAL'), /EINVAL/);
});

test('sweep-job runs one job in a process of its own and writes its result itself', async ({ project }) => {
  project.config(chain);
  const running = project.start(['sweep', 'study.yaml', 'stages.count.count=40,41', 'stages.count.milliseconds=100', '-j', '1']);
  await until(() => project.ledger.includes('step 2'));
  running.process.kill('SIGINT');
  await running.finished;
  const folder = `runs/sweeps/${sweepsOf(project)[0]!}`;
  const result = (job: string) => JSON.parse(project.rig.read(`${folder}/jobs/${job}.json`)) as { readonly state: string; readonly exit?: number };
  assert.equal([result('trial-0001').state, existsSync(project.rig.path(folder, 'jobs/trial-0002.json'))], ['interrupted', false]);
  const one = project.start(['sweep-job', folder, 'trial-0001']);
  await until(() => result('trial-0001').state === 'running');
  const twice = await project.start(['sweep-job', folder, 'trial-0001']).finished;
  assert.is(twice.code, 0);
  assert.match(folded(twice.stderr), /process \d+ is running trial-0001: waiting for it/);
  assert.is((await one.finished).code, 0);
  assert.equal([result('trial-0001').state, result('trial-0001').exit], ['done', 0]);
  assert.equal(repeatedSteps(project), []);
  assert.match((await project.run(['sweep', 'status'])).stdout, /1 of 2 trials done/);
  const unknown = await project.run(['sweep-job', folder, 'trial-0009']);
  assert.is(unknown.code, 64);
});

test('successive halving trains the best further, from their checkpoints', async ({ project }) => {
  project.config('stages: { count: { uses: steps, milliseconds: 1 }, text: { uses: write } }');
  project.rig.write('halving.yaml', `
config: study.yaml
axes: { stages.text.text: [a, b, c, d] }
halving: { metric: loss, goal: min, epochs: [2, 4, 8], eta: 2, parameter: stages.count.count }
`);
  const { code, stderr } = await project.run(['sweep', 'halving.yaml', '-j', '1']);
  assert.is(code, 0, stderr);
  assert.match(stderr, /4 trials → \d+ stage runs, 0 cached \(rungs: 4 × 2, 2 × 4, 1 × 8 epochs\)/);
  assert.equal(tableOf(project).map(({ state, epochs, loss }) => [state, epochs, loss]), [['done', '8', '0.125'], ['stopped', '4', '0.25'], ['stopped', '2', '0.5'], ['stopped', '2', '0.5']]);
  assert.equal(project.ledger.filter((line) => /^from /.test(line)), ['from 0', 'from 2', 'from 4'], 'each rung continues; what they share is trained once');
  const ran = project.ledger;
  const again = await project.run(['sweep', 'halving.yaml']);
  assert.is(again.code, 0, again.stderr);
  assert.equal(project.ledger, ran);
  const missing = await project.run(['sweep', 'halving.yaml', 'stages.text.text=e,f', '--name', 'other']);
  assert.is(missing.code, 0, missing.stderr);
});

test('between two rungs nobody is done who may still go on', async ({ project }) => {
  project.config('stages: { count: { uses: steps, milliseconds: 1 }, text: { uses: write } }');
  project.rig.write('halving.yaml', 'config: study.yaml\naxes: { stages.text.text: [a, b] }\nhalving: { metric: loss, goal: min, epochs: [2, 4], eta: 2, parameter: stages.count.count }\n');
  assert.is((await project.start(['sweep', 'halving.yaml', '-j', '1']).finished).code, 0);
  assert.match((await project.run(['sweep', 'status'])).stdout, /2 of 2 trials done\n[^]* done .*\n.* stopped /);
  // As it was before its second rung began.
  const folder = project.rig.path('runs/sweeps', sweepsOf(project)[0]!, 'jobs');
  const second = readdirSync(folder).filter((name) => /rung-2\.json$/.test(name));
  assert.is(second.length, 1);
  rmSync(join(folder, second[0]!));
  const { stdout } = await project.run(['sweep', 'status']);
  assert.match(stdout, /0 of 2 trials done; followed by nobody now/);
  assert.not.match(stdout, /stopped/);
});

test('ASHA goes on at once; a metric that no trial gives is said with those that there are', async ({ project }) => {
  project.config('stages: { count: { uses: steps, milliseconds: 1 }, text: { uses: write } }');
  const file = (metric: string) => `{ config: study.yaml, axes: { stages.text.text: [a, b, c, d] }, halving: { metric: ${metric}, goal: min, epochs: [2, 4], eta: 2, parameter: stages.count.count, asynchronous: true } }`;
  project.rig.write('asha.yaml', file('count.loss'));
  const { code, stderr } = await project.run(['sweep', 'asha.yaml', '-j', '1']);
  assert.is(code, 0, stderr);
  assert.equal(tableOf(project).filter(({ epochs }) => epochs === '4').length, 2);
  project.rig.write('typo.yaml', file('los'));
  const typo = await project.run(['sweep', 'typo.yaml']);
  assert.is(typo.code, 1);
  assert.match(folded(typo.stderr), /gives no los expected: one of count\.loss/);
});

test('a sweep\'s file: what is typed goes before it, and every mistake has its line', async ({ project }) => {
  project.config(chain);
  project.rig.write('sweeps/one.yaml', `name: mine
config: ../study.yaml
set: { stages.first.text: eins }
axes:
  stages.second.text: [a, b]
  stages.count.count: range(1, 3)
exclude:
  - { stages.second.text: b, count: 2 }
seeds: 2
`);
  const { stdout, code } = await project.run(['sweep', 'sweeps/one.yaml', '-n']);
  assert.is(code, 0);
  assert.match(stdout, /trial +text +count +seed/);
  // Without random numbers a seed changes nothing: the same runs.
  assert.match(stdout, /\n3 trials → /);
  assert.match((await project.run(['sweep', 'sweeps/one.yaml', 'stages.second.text=c', 'seed=1', '-n'])).stderr, /exclude names stages\.second\.text, which is no axis/);
  const mistakes: readonly (readonly [text: string, said: RegExp])[] = [
    ['config: ../study.yaml\naxes: { stages.second.text: [a] }\naxis: 3\n', /unknown key "axis"[^]*bad\.yaml:3:1[^]*did you mean "axes"\?/],
    ['config: ../studdy.yaml\naxes: { a: [1, 2] }\n', /there is no config studdy\.yaml[^]*bad\.yaml:1:9[^]*did you mean "study\.yaml"/],
    ['config: ../study.yaml\naxes:\n  stages.count.cuont: [1, 2]\n', /unknown key "cuont" in stages\.count \(in the trial cuont=1\)[^]*bad\.yaml:3:16/],
    ['config: ../study.yaml\naxes:\n  stages.count.count: [1, two]\n', /stages\.count\.count is the text "two" \(in the trial count=two\)[^]*bad\.yaml:3:27/],
    ['config: ../study.yaml\naxes:\n  stages.count.count: rang(1, 3)\n', /no function rang[^]*bad\.yaml:3:23/],
    ['config: ../study.yaml\naxes: { stages.count.count: [1, 2] }\nexclude: [{ cuont: 1 }]\n', /exclude names cuont[^]*bad\.yaml:3:11[^]*did you mean count\?/],
    ['config: ../study.yaml\naxes: { stages.count.count: [] }\n', /has no values/],
    ['config: ../study.yaml\naxes: { stages.count.count: [1, 2] }\nhalving: { metric: loss, epochs: [4, 2] }\n', /the rungs do not rise[^]*bad\.yaml:3:34/],
    ['config: ../study.yaml\naxes: { stages.first.text: [a, b] }\nhalving: { metric: evaluate.nope, epochs: [2, 4], parameter: stages.count.count }\n', /no stage evaluate[^]*bad\.yaml:3:20[^]*count\.…/],
    ['config: ../study.yaml\naxes: { stages.first.text: [a, b] }\nhalving: { metric: cuont.loss, epochs: [2, 4], parameter: stages.count.count }\n', /bad\.yaml:3:20[^]*did you mean count\.loss\?/],
    ['config: ../study.yaml\naxes: { stages.first.text: [a, b] }\nhalving: { metric: loss, epochs: [2, 4], parameter: stages.cuont.count }\n', /bad\.yaml:3:35/],
    ['config: ../study.yaml\naxes:\n  stages.count.count: [1, 2]\nhalving: { metric: loss, epochs: [2, 4], parameter: stages.count.count }\n', /halving sets the epochs[^]*bad\.yaml:3:3/],
    ['config: ../study.yaml\naxes: { stages: { count: { count: [1, 2] } } }\n', /bad\.yaml:2:9[^]*write stages\.count\.count: \[1, 2\]/],
    ['config: ../study.yaml\naxes: { stages.count.count: [1, 2], stages.first.text: [a, b] }\nzip: [stages.cuont.count, stages.first.text]\n', /zip names stages\.cuont\.count[^]*bad\.yaml:3:7[^]*did you mean stages\.count\.count\?/],
    ['config: ../study.yaml\naxes: { stages.count.count: 1..5 }\n', /bad\.yaml:2:29[^]*range\(1, 6\)[^]*linspace\(1, 5, count\)/],
    ['config: ../study.yaml\naxes: { stages.count.count: [1, 2] }\non: slrum\n', /there is no executor slrum[^]*bad\.yaml:3:5/],
  ];
  for (const [text, said] of mistakes) {
    project.rig.write('sweeps/bad.yaml', text);
    const { code: refused, stderr } = await project.run(['sweep', 'sweeps/bad.yaml', '-n']);
    assert.is(refused, 64, text);
    assert.match(stderr, said);
  }
});

test('a sweep\'s file that is given to another verb is named as that', async ({ project }) => {
  project.config(chain);
  project.rig.write('search.yaml', 'config: study.yaml\naxes: { stages.count.count: [1, 2] }\n');
  for (const verb of [['run'], ['plan'], ['config', 'validate']]) {
    const { code, stderr } = await project.run([...verb, 'search.yaml', 'stages.count.count=3']);
    assert.is(code, 64, verb.join(' '));
    assert.match(stderr, /this is a sweep's file, and no config[^]*search\.yaml:2:1[^]*giverny sweep search\.yaml/);
    assert.not.match(stderr, /unknown key/);
  }
});

test('what cannot be a sweep is said before anything runs', async ({ project }) => {
  project.config(chain);
  mkdirSync(project.rig.path('empty'));
  const refused: readonly (readonly [args: readonly string[], said: RegExp])[] = [
    [['study.yaml'], /nothing is varied/],
    [['study.yaml', 'stages.count.count=1'], /nothing is varied/],
    [['study.yaml', 'count=1,2'], /unknown key "count" in the config \(in the trial count=1\)[^]*it is a stage: stages\.count/],
    [['study.yaml', 'stages.count.count=1,2', 'stages.count.count=3'], /is given twice/],
    [['study.yaml', 'stages.count.count=1,2', '--exclude', 'count=1', '--exclude=count=2'], /all 2 trials are excluded/],
    [['study.yaml', 'stages.count.count=1,2', '-j', '0'], /--jobs 0 is not a number of trials/],
    [['study.yaml', 'stages.count.count=1,2', '--seeds', 'x'], /--seeds x names no seeds/],
    [['study.yaml', 'seed=1,2', '--seeds', '3'], /seeds are given twice/],
    [['study.yaml', 'stages.count.count=1,2', '--memory', 'much'], /--memory much is not a size/],
    [['study.yaml', 'stages.count.count=1,2', 'more.yaml'], /takes one config/],
    [['study.yaml', 'stages.count.count=1,[2'], /command line\n {2}stages\.count\.count=\[2/],
    [['study.yaml', 'stages.count.count=1,', '2'], /the space after the comma[^]*stages\.count\.count=1,2/],
    [['study.yaml', 'stages.count.count=1..5'], /1\.\.5 is not how a range is written[^]*range\(1, 6\)[^]*linspace\(1, 5, count\)/],
    [['study.yaml', 'stages.count.count=1,2', '--sample', '1000000000'], /--sample 1000000000 draws more trials[^]*at most 1000000/],
    [['study.yaml', 'stages.count.count=linspace(1,10,1000000000)'], /1000000000 values[^]*at most 100000/],
    [['study.yaml', 'stages.count.count=1,2', 'stages.first.text=a,b', '--zip', 'cuont,text'], /zip names cuont[^]*command line[^]*did you mean count\?/],
    [['statsu'], /did you mean giverny sweep status\?/],
    [[], /needs a config/],
    [['status', 'nothing'], /there are no sweeps here yet/],
  ];
  for (const [args, said] of refused) {
    const { code, stderr } = await project.run(['sweep', ...args]);
    assert.is(code, 64, args.join(' '));
    assert.match(stderr, said);
  }
  assert.not.ok(project.rig.exists('runs'));
});

test('a file of any name: the sweep has of it what a name may have', async ({ project }) => {
  project.config(chain);
  project.rig.write('lr, cycle|new.yaml', 'config: study.yaml\naxes: { stages.count.count: [1, 2] }\n');
  const { code, stderr } = await project.run(['sweep', 'lr, cycle|new.yaml']);
  assert.is(code, 0, stderr);
  assert.match(sweepsOf(project)[0]!, /^lr-cycle-new-[0-9a-f]{8}$/);
});

test('trials that give the same run are merged, and that is said', async ({ project }) => {
  project.config(chain);
  const { code, stderr } = await project.run(['sweep', 'study.yaml', 'stages.count.count=1,1.0,2', 'stages.count.milliseconds=1,2']);
  assert.is(code, 0);
  assert.match(stderr, /milliseconds=2 gives the same run as trial 0001 \(count=1 milliseconds=1\) and is left out/);
  assert.is(runsOf(project).length, 2);
});

test('what a trial reads has changed since: its job says so', async ({ project }) => {
  project.config('stages: { copy: { uses: copy, path: data.txt }, count: { uses: steps, from: copy } }');
  project.rig.write('data.txt', 'before');
  const running = project.start(['sweep', 'study.yaml', 'stages.count.count=2,3']);
  await until(() => project.starts['copy'] === 1);
  running.process.kill('SIGINT');
  project.rig.write('ledger.markers/go', '');
  await running.finished;
  project.rig.write('data.txt', 'after');
  const { code, stderr } = await project.run(['sweep', 'resume']);
  assert.is(code, 1);
  assert.match(folded(stderr), /has changed since the sweep was planned/);
});

test('--json: events, one a line', async ({ project }) => {
  project.config(chain);
  const { stdout } = await project.run(['sweep', 'study.yaml', 'stages.count.count=1,2', '--json']);
  const events = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly event: string; readonly trial?: string; readonly state?: string; readonly values?: object });
  assert.is(events[0]!.event, 'sweep-planned');
  assert.equal(events.filter(({ event, trial }) => event === 'job-ended' && trial !== undefined).map(({ trial, state }) => [trial, state]).sort(), [['0001', 'done'], ['0002', 'done']]);
  assert.is(events.at(-1)!.event, 'sweep-ended');
  assert.is(events.at(-1)!.state, 'done');
});

test('what the shared stages made is needed: a collection in between keeps it', async ({ project }) => {
  project.config(chain);
  await project.run(['sweep', 'study.yaml', 'stages.count.count=1,2']);
  const sweep = sweepsOf(project)[0]!;
  const shared = readdirSync(project.rig.path('runs/sweeps', sweep, 'shared'));
  assert.is(shared.length, 1);
  assert.match(readFileSync(join(project.rig.path('runs/sweeps', sweep, 'shared', shared[0]!), 'run.json'), 'utf8'), /"state": "done"/);
  for (const run of runsOf(project)) rmSync(project.rig.path('runs', run), { recursive: true });
  await project.run(['cache', 'gc']);
  const { stderr } = await project.run(['sweep', 'study.yaml', 'stages.count.count=1,2']);
  assert.match(stderr, /2 cached/);
  assert.equal([project.starts['first'], project.starts['second']], [1, 1]);
});

test.run();
