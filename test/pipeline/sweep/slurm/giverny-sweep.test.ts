// `giverny sweep … --on slurm`, the command as people run it, on a real Slurm: whatever happens to whom, each step of each
// trial is done once, and status tells the truth.
import { readFileSync, rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until, type NodeName } from '../../../helpers/slurm-cluster.ts';
import type { RunningCommand } from '../../../helpers/rig.ts';
import { CountingProject } from './counting-project.ts';
import { RealSlurm, SideBySide, skipWithoutSlurm, upTo } from './real-slurm.ts';

skipWithoutSlurm();

let slurm: RealSlurm;
const projects: CountingProject[] = [];
const sideBySide = new SideBySide();

function project(executor = ''): CountingProject {
  const made = new CountingProject(slurm.cluster.env, executor);
  projects.push(made);
  return made;
}

/** The columns `trial by state` of `giverny sweep status`. */
async function states(of: CountingProject): Promise<readonly string[]> {
  const { stdout } = await of.giverny('sweep', 'status', '--json');
  return stdout.trim().split('\n').map((line) => (JSON.parse(line) as { state: string }).state);
}

const slurmJob = (of: CountingProject, name: string): readonly [task: string, node: NodeName] => {
  const [, task, node] = [...of.log(name).matchAll(/Slurm job (\d+_\d+) on (\w+)/g)].at(-1)!;
  return [task!, node as NodeName];
};

const sweepTo = (to: number): readonly string[] => ['sweep', 'count.yaml', 'stages.count.by=1,2', `stages.count.to=${to}`, '--on', 'slurm'];

/** Ended well, each step done once. */
async function done(of: CountingProject, command: RunningCommand, to: number): Promise<void> {
  const ended = await command.finished;
  assert.is(ended.code, 0, ended.stderr);
  assert.equal([of.steps(1), of.steps(2)], [upTo(to), upTo(to)]);
}

/** On a cluster of its own. */
function disturbing(name: string, run: (own: RealSlurm, of: CountingProject) => Promise<void>, executor = ''): void {
  sideBySide.test(name, async () => {
    const own = await RealSlurm.start();
    const of = new CountingProject(own.cluster.env, executor);
    try {
      await run(own, of);
    } finally {
      await own.stop();
      of.rig.cleanup();
    }
  });
}

test.before(async () => {
  slurm = await RealSlurm.start();
  sideBySide.begin();
});

test.after(async () => {
  await slurm.stop();
  for (const each of projects) each.rig.cleanup();
});

sideBySide.test('handed over and left: status says how far it is, resume waits for the end, and all was done once', async () => {
  const of = project();
  const left = await of.giverny('sweep', 'count.yaml', 'stages.count.by=1,2,3', '--on', 'slurm', '--detach');
  assert.is(left.code, 0, left.stderr);
  assert.not.ok((await states(of)).includes('done'));
  const ended = await of.giverny('sweep', 'resume');
  assert.is(ended.code, 0, ended.stderr);
  assert.equal(await states(of), ['done', 'done', 'done']);
  assert.equal([1, 2, 3].map((by) => of.steps(by)), [upTo(3), upTo(3), upTo(3)]);
  assert.is(of.ledger().filter((line) => line === 'prepare').length, 1);
  const more = await of.giverny('sweep', 'count.yaml', 'stages.count.by=1,2,3,4', '--on', 'slurm');
  assert.is(more.code, 0, more.stderr);
  // How many run at once is the cluster's to say.
  assert.match(more.stderr, /4 trials → 1 stage run, 4 cached\n/);
  assert.is(of.ledger().length, 13);
});

sideBySide.test('Ctrl-C leaves the jobs alone, cancel ends them with a checkpoint, the same command goes on', async () => {
  const of = project();
  const command = ['sweep', 'count.yaml', 'stages.count.by=1,2', 'stages.count.to=180', '--on', 'slurm'];
  const waiting = of.start(...command);
  await of.reaches(2, 1);
  waiting.process.kill('SIGINT');
  const left = await waiting.finished;
  assert.is(left.code, 130, left.stderr);
  assert.match(left.stderr, 'giverny sweep cancel');
  await of.reaches(1, of.steps(1).length + 2);
  // With another executor in its record nobody would follow these jobs, or end them.
  const record = (): string => readFileSync(`${of.sweepFolder()}/sweep.json`, 'utf8');
  const before = record();
  const elsewhere = await of.giverny(...command.slice(0, -2), '--on', 'local');
  assert.is(elsewhere.code, 1, elsewhere.stderr);
  assert.match(elsewhere.stderr.replaceAll(/\s+/g, ' '), /run or wait with --on configs\/executors\/slurm\.yaml .*giverny sweep resume .*giverny sweep cancel/);
  assert.is(record(), before);
  const cancelled = await of.giverny('sweep', 'cancel');
  assert.is(cancelled.code, 0, cancelled.stderr);
  assert.match(cancelled.stderr, /is asked to stop: what runs writes a checkpoint first/);
  await until(async () => !(await states(of)).includes('running'), 'nothing runs');
  assert.equal(await states(of), ['interrupted', 'interrupted']);
  await until(async () => (await of.giverny('sweep', 'cancel')).stderr.includes('nothing of'), 'nothing runs, says cancel');
  const ended = await of.giverny(...command);
  assert.is(ended.code, 0, ended.stderr);
  assert.equal([of.steps(1), of.steps(2)], [upTo(180), upTo(180)]);
});

sideBySide.test('a sweep that halves, left between two rungs, is not done, and nobody says that it is', async () => {
  const of = project();
  of.rig.write('halving.yaml', 'config: count.yaml\naxes: { stages.count.by: [1, 2] }\nhalving: { metric: sum, goal: max, epochs: [2, 30], eta: 2, parameter: stages.count.to }\n');
  const left = await of.giverny('sweep', 'halving.yaml', '--on', 'slurm', '--detach');
  assert.is(left.code, 0, left.stderr);
  assert.match(left.stderr, /each later one needs giverny sweep resume/);
  const steps = (): number => of.steps(1).length + of.steps(2).length;
  await until(async () => steps() === 4, 'the first rung is done');
  await until(async () => !(await states(of)).includes('running'), 'nothing runs');
  assert.equal(await states(of), ['waiting', 'waiting']);
  const second = await of.giverny('sweep', 'resume', '--detach');
  assert.is(second.code, 0, second.stderr);
  assert.not.match(second.stderr, /stopped|2 of 2/);
  assert.not.ok((await states(of)).includes('stopped'));
  const ended = await of.giverny('sweep', 'resume');
  assert.is(ended.code, 0, ended.stderr);
  assert.equal([await states(of), of.steps(2)], [['stopped', 'done'], upTo(30)]);
});

sideBySide.test('killed with kill -9, a job or the one that waits: the same command goes on', async () => {
  const of = project();
  const command = ['sweep', 'count.yaml', 'stages.count.by=1,2', 'stages.count.to=50', '--on', 'slurm'];
  const first = of.start(...command);
  for (const by of [1, 2]) await of.reaches(by, 1);
  for (const pid of slurm.cluster.jobProcesses(`${of.sweepFolder()} trial-0001`)) process.kill(pid, 'SIGKILL');
  const ended = await first.finished;
  assert.is(ended.code, 1, ended.stderr);
  assert.equal(await states(of), ['interrupted', 'done']);
  const killed = of.start(...command);
  await of.reaches(1, 30);
  killed.process.kill('SIGKILL');
  await killed.finished;
  const mended = await of.giverny(...command);
  assert.is(mended.code, 0, mended.stderr);
  assert.equal(of.steps(2), upTo(50));
  assert.equal([...new Set(of.steps(1))], upTo(50));
});

sideBySide.test('what trials share fails: none of them runs, and each says why; mended, the same command runs them', async () => {
  const of = project();
  of.rig.write('ledger.broken', '');
  const command = ['sweep', 'count.yaml', 'stages.count.by=1,2', '--on', 'slurm'];
  const failed = await of.giverny(...command);
  assert.is(failed.code, 1, failed.stderr);
  assert.match(failed.stderr, 'the data are broken');
  assert.equal([await states(of), of.ledger()], [['skipped', 'skipped'], ['prepare']]);
  rmSync(of.rig.path('ledger.broken'));
  const mended = await of.giverny(...command);
  assert.is(mended.code, 0, mended.stderr);
  assert.equal(await states(of), ['done', 'done']);
});

sideBySide.test('cancelled by hand while it waits: the sweep ends without it; resume runs it', async () => {
  const of = project('max_concurrent: 1\n');
  const waiting = of.start('sweep', 'count.yaml', 'stages.count.by=1,2', 'stages.count.to=30', '--on', 'slurm');
  await until(async () => of.steps(1).length + of.steps(2).length > 1, 'a trial runs');
  const [running, cancelled] = of.steps(1).length > 0 ? [1, 2] : [2, 1];
  const [task] = slurmJob(of, `trial-000${running}`);
  await slurm.cluster.command('scancel', ['--state=PENDING', task.split('_')[0]!]);
  const ended = await waiting.finished;
  assert.is(ended.code, 1, ended.stderr);
  assert.equal([[...(await states(of))].sort(), of.steps(cancelled)], [['done', 'waiting'], []]);
  const resumed = await of.giverny('sweep', 'resume');
  assert.is(resumed.code, 0, resumed.stderr);
  assert.equal([of.steps(1), of.steps(2)], [upTo(30), upTo(30)]);
});

disturbing('preempted: a checkpoint, back in the queue, and on', async ({ cluster }, of) => {
  const waiting = of.start(...sweepTo(30));
  for (const by of [1, 2]) await of.reaches(by, 1);
  await cluster.command('sbatch', ['--partition=urgent', '--nodelist=one,two', '--nodes=2', '--exclusive', '--output=/dev/null', '--wrap=sleep 1']);
  await until(async () => (await states(of)).includes('waiting'), 'a trial is back in the queue');
  await done(of, waiting, 30);
  assert.match(of.log('trial-0001'), /restart 1/);
});

disturbing('the time is nearly up: a checkpoint, back into the queue, and on', async (_slurm, of) => {
  const ended = await of.giverny(...sweepTo(340));
  assert.is(ended.code, 0, ended.stderr);
  assert.equal([of.steps(1), of.steps(2)], [upTo(340), upTo(340)]);
  assert.match(of.log('trial-0001'), /the time is up.*\n(.*\n)*.*restart 1/);
}, 'time: 1\ncheckpoint_before_end: 50\n');

disturbing('a node dies: its trials go on elsewhere, and the sweep never notices', async ({ cluster }, of) => {
  const waiting = of.start(...sweepTo(60));
  for (const by of [1, 2]) await of.reaches(by, 5);
  const [, node] = slurmJob(of, 'trial-0001');
  await cluster.killNode(node);
  const ended = await waiting.finished;
  assert.is(ended.code, 0, ended.stderr);
  assert.is.not(slurmJob(of, 'trial-0001')[1], node);
  for (const by of [1, 2]) assert.equal([[...new Set(of.steps(by))], of.steps(by).length <= 61], [upTo(60), true]);
});

disturbing('a node is lost but computes on: the trial that Slurm starts elsewhere waits for it, and nothing is done twice', async ({ cluster }, of) => {
  const waiting = of.start(...sweepTo(200));
  for (const by of [1, 2]) await of.reaches(by, 1);
  await cluster.killDaemon(slurmJob(of, 'trial-0001')[1]);
  await done(of, waiting, 200);
  assert.match(of.log('trial-0001'), /restart 1/);
});

// It saves what it knows every five seconds: killed at once it has forgotten what jobs wait for, and that some run.
disturbing('the controller is killed and comes back knowing less: nothing is lost, and nothing is done twice', async ({ cluster }, of) => {
  const waiting = of.start(...sweepTo(30));
  await until(async () => of.ledger().includes('prepare'), 'a job runs');
  await cluster.killController();
  const { code, stderr } = await of.giverny('sweep', 'status');
  assert.is(code, 0);
  assert.match(stderr, "Slurm's controller does not answer");
  await cluster.restartController();
  await done(of, waiting, 30);
});

test.run();
