// One DAG of all trials: held against every trial planned by itself.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache } from '../../../pipeline/cache/cache.ts';
import { loadConfig } from '../../../pipeline/config/load.ts';
import { readConfig } from '../../../pipeline/config/read/extends.ts';
import { ConfigVariants } from '../../../pipeline/config/variants.ts';
import { planStages } from '../../../pipeline/plan/plan.ts';
import { makeJobs } from '../../../pipeline/sweep/make-jobs.ts';
import { MergedDag } from '../../../pipeline/sweep/merged-dag.ts';
import { planSweep } from '../../../pipeline/sweep/plan-sweep.ts';
import type { Axis } from '../../../pipeline/sweep/spec/axis.ts';
import { randomNumbers } from '../../../pipeline/sweep/spec/random-numbers.ts';
import { readTyped } from '../../../pipeline/sweep/spec/typed-axes.ts';
import { StageTimings } from '../../../pipeline/sweep/stage-timings.ts';
import { TrialPlanner } from '../../../pipeline/sweep/trial-planner.ts';
import { fixtureCatalog } from '../cli/fixture-stages.ts';

const folder = mkdtempSync(join(tmpdir(), 'giverny-merged-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** a → b → d, a → c → d, and e by itself. */
const config = join(folder, 'study.yaml');
writeFileSync(config, `
stages:
  a: { uses: write, text: a }
  b: { uses: write, from: a, text: b }
  c: { uses: write, from: a, text: c }
  d: { uses: write, from: [b, c], text: d }
  e: { uses: write, text: e }
`);
const spec = { name: undefined, config, file: undefined, fixed: [], zip: [], exclude: [], seeds: undefined, sample: undefined, halving: undefined, on: undefined, onError: 'continue', jobs: undefined } as const;

async function planned(axes: readonly string[]) {
  const [document, cache] = [await readConfig(config), await openCache(folder)];
  assert.ok(document.ok && cache.ok);
  const planner = new TrialPlanner({
    variants: new ConfigVariants(document.value, { catalog: fixtureCatalog, cwd: folder, findRun: undefined }), catalog: fixtureCatalog, root: folder,
    help: { provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: () => undefined }, surroundings: { environment: {} },
  });
  const made = await planSweep({ ...spec, axes: axes.map((text) => (readTyped(text, folder) as { readonly value: { readonly axis: Axis } }).value.axis) }, { planner, dag: new MergedDag(cache.value, new StageTimings(cache.value), { turns: true }), seed: 1 });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

test('every stage of every trial is there once, with as many trials as have it; jobs make each once, after what it reads', async () => {
  const random = randomNumbers(5, 'merged-dag.test');
  const pick = (most: number): number => Math.floor(random.next() * most);
  for (let round = 0; round < 25; round += 1) {
    const stages = ['a', 'b', 'c', 'd', 'e'].filter(() => pick(2) === 0);
    const axes = (stages.length === 0 ? ['d'] : stages).map((stage) => `stages.${stage}.text=${Array.from({ length: 2 + pick(3) }, (_, index) => `x${index}`).join(',')}`);
    const plan = await planned(axes);
    const { dag: { nodes } } = plan;
    const having = new Map<string, Set<number>>();
    const jobs = makeJobs(plan);
    for (const [index, { overrides, run, identity }] of jobs.recorded.entries()) {
      const alone = await loadConfig(config, overrides, fixtureCatalog, folder);
      assert.ok(alone.ok);
      const whole = await planStages(alone.value, { engine: undefined, environment: {} });
      assert.ok(whole.ok);
      assert.equal([run, identity], [whole.value.runName, whole.value.identity]);
      for (const stage of whole.value.stages) having.set(stage.identity, (having.get(stage.identity) ?? new Set()).add(index));
    }
    assert.is(nodes.length, having.size, axes.join(' '));
    for (const node of nodes) assert.is(node.trials, having.get(node.identity)!.size);
    const [shared, alone] = [nodes.filter(({ trials }) => trials > 1), nodes.filter(({ trials }) => trials === 1)];
    assert.is(jobs.shared.reduce((sum, job) => sum + job.stages!.length, 0), shared.length, 'what is shared is made by one shared job each');
    // Equal signatures are equal sets of trials.
    for (const node of shared) for (const other of shared) if (node.signature === other.signature) assert.equal([...having.get(node.identity)!], [...having.get(other.identity)!]);
    const names = new Map([...jobs.shared, ...jobs.trials].map((job) => [job.job, job]));
    assert.is(names.size, jobs.shared.length + plan.trials.length);
    const before = (name: string, seen: readonly string[] = []): readonly string[] => {
      assert.not.ok(seen.includes(name), 'no job comes after itself');
      return names.get(name)!.after.flatMap((other) => [other, ...before(other, [...seen, name])]);
    };
    for (const [index, { runs }] of plan.trials.entries()) {
      const needed = runs[0]!.nodes.map((node) => nodes[node]!).filter(({ trials }) => trials > 1);
      assert.equal(needed.length > 0, before(jobs.trials[index]!.job).length > 0);
    }
    assert.ok(alone.every(({ identity }) => having.get(identity)!.size === 1));
  }
});

test.run();
