// Every sweep that we ship plans with the real stages, opens with how to run it, and is what its first lines say.
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache } from '../../../pipeline/cache/cache.ts';
import { readConfig } from '../../../pipeline/config/read/extends.ts';
import { ConfigVariants } from '../../../pipeline/config/variants.ts';
import { costOf } from '../../../pipeline/sweep/cost.ts';
import { makeJobs } from '../../../pipeline/sweep/make-jobs.ts';
import { MergedDag } from '../../../pipeline/sweep/merged-dag.ts';
import { planSweep, type SweepPlan } from '../../../pipeline/sweep/plan-sweep.ts';
import { readSweepFile } from '../../../pipeline/sweep/spec/read-sweep-file.ts';
import { StageTimings } from '../../../pipeline/sweep/stage-timings.ts';
import { TrialPlanner } from '../../../pipeline/sweep/trial-planner.ts';
import { catalog } from '../../../stages/index.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const names = readdirSync(join(root, 'configs/sweeps')).sort();

async function planned(name: string): Promise<SweepPlan> {
  const spec = await readSweepFile(join(root, 'configs/sweeps', name));
  if (!spec.ok) throw new Error(spec.failure.message);
  const document = await readConfig(spec.value.config);
  const cache = await openCache(join(tmpdir(), 'giverny-no-such-folder'));
  if (!document.ok || !cache.ok) throw new Error('the config of the sweep cannot be read');
  const planner = new TrialPlanner({
    variants: new ConfigVariants(document.value, { catalog, cwd: root, findRun: undefined }), root,
    catalog: { ...catalog, selectEngine: async () => ({ ok: true, value: { backend: 'tensorflow', version: '0.0.0', device: 'cpu' } }) },
    help: { provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: () => undefined }, surroundings: { environment: {} },
  });
  const plan = await planSweep(spec.value, { planner, dag: new MergedDag(cache.value, new StageTimings(cache.value), { turns: true }), seed: 1 });
  if (!plan.ok) throw new Error(`${plan.failure.message} ${JSON.stringify(plan.failure.where)}`);
  return plan.value;
}

for (const name of names) {
  test(`${name} can be planned and begins with its command`, async () => {
    assert.match(readFileSync(join(root, 'configs/sweeps', name), 'utf8'), `# giverny sweep configs/sweeps/${name}`);
    const plan = await planned(name);
    assert.is(plan.name, basename(name, '.yaml'));
    assert.equal(plan.warnings, []);
  });
}

test('lambda-cycle: what does not depend on the weight is made once a seed', async () => {
  const plan = await planned('lambda-cycle.yaml');
  const [axis, seed] = plan.axes;
  assert.equal([axis, seed], ['loss.weights.cycle', 'seed']);
  const weights = new Set(plan.trials.map(({ values }) => values['loss.weights.cycle']));
  const seeds = new Set(plan.trials.map(({ values }) => values['seed']));
  assert.is(plan.trials.length, weights.size * seeds.size);
  for (const { stage, trials } of plan.dag.nodes) {
    assert.is(trials, ['train', 'evaluate'].includes(stage) ? 1 : weights.size, stage);
  }
  const { shared, trials } = makeJobs(plan);
  assert.equal([shared.length, trials.length], [seeds.size, plan.trials.length]);
  for (const { after, needs } of trials) assert.equal([after.length, needs.engine], [1, true]);
});

test('search: each rung of a trial continues the one before, and fewer trials come to each', async () => {
  const plan = await planned('search.yaml');
  assert.equal(costOf(plan).rungs, [{ epochs: 1, trials: 27 }, { epochs: 3, trials: 9 }, { epochs: 9, trials: 3 }]);
  const trainings = plan.trials[0]!.runs.map(({ nodes }) => nodes.map((index) => plan.dag.nodes[index]!).find(({ stage }) => stage === 'train')!.training!);
  assert.is(new Set(trainings.map(({ trajectory }) => trajectory)).size, 1);
  assert.is(new Set(plan.dag.nodes.filter(({ stage }) => stage === 'train').map(({ training }) => training!.trajectory)).size, 27);
  const jobs = makeJobs(plan).trials.filter(({ job }) => job.startsWith('trial-0001'));
  assert.equal(jobs.map(({ after }) => after.filter((name) => name.startsWith('trial'))), [[], ['trial-0001-rung-1'], ['trial-0001-rung-2']]);
  assert.equal(jobs.map(({ turns }) => turns?.map(({ place }) => place)), [[0], [1], [2]]);
});

test.run();
