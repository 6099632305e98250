import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cache, CacheEntry } from '../../../pipeline/cache/cache.ts';
import { decide, trajectoryOf } from '../../../pipeline/plan/decide.ts';
import { planStages } from '../../../pipeline/plan/plan.ts';
import type { Plan, PlannedStage } from '../../../pipeline/plan/plan.ts';
import { randomStream } from '../../../stages/random.ts';
import { inTemporaryCache, value, writeTree } from '../cache/temporary-cache.ts';
import { sampleConfig } from './sample-config.ts';
import type { SampleStage } from './sample-config.ts';

const planOf = async (stages: readonly SampleStage[]): Promise<Plan> =>
  value(await planStages(sampleConfig(stages), { engine: { backend: 'wasm', version: '4', device: 'cpu' }, environment: {} }));

/** What a made-up stage writes: decided by `writes` and what it reads, or by `writes` alone where it is `deaf`. */
function contentOf(stage: PlannedStage, outputs: ReadonlyMap<string, CacheEntry>): string {
  const { writes, deaf } = stage.prepared.params as { readonly writes: number; readonly deaf?: boolean };
  return JSON.stringify([writes, deaf === true ? [] : stage.from.map((name) => outputs.get(name)!.outputs)]);
}

/** Runs a plan as the runner does; returns the names of the stages that were not hits. */
async function runPlan(plan: Plan, cache: Cache): Promise<readonly string[]> {
  const outputs = new Map<string, CacheEntry>();
  const ran: string[] = [];
  for (const stage of plan.stages) {
    const decision = await decide(stage, outputs, cache);
    if (decision.kind === 'depends') throw new Error('it goes in order');
    outputs.set(stage.name, decision.kind === 'hit' ? decision.entry : await make(stage, decision, outputs, cache));
    if (decision.kind === 'run') ran.push(stage.name);
  }
  return ran;
}

async function make(
  stage: PlannedStage, { key, manifest }: { readonly key: string; readonly manifest: CacheEntry['manifest'] },
  outputs: ReadonlyMap<string, CacheEntry>, cache: Cache,
): Promise<CacheEntry> {
  const attempt = value(await cache.attempt(stage.name));
  writeTree(attempt.out, new Map([['files/1', Buffer.from(contentOf(stage, outputs))]]));
  const { identity, name, definition } = stage;
  return value(await cache.store({
    key, manifest, identity, stage: name, uses: definition.uses, seconds: 2, folder: attempt.out, outputs: definition.outputs(undefined),
    listings: stage.outside.flatMap(({ listing }) => listing ?? []),
  }));
}

const stage = (name: string, writes: number, from: readonly string[] = [], deaf = false): SampleStage => ({
  name, from, prepared: { params: { writes, ...(deaf ? { deaf } : {}) } },
});

test('three answers: run with its reason, hit, and depends on what is not there', async () => {
  await inTemporaryCache(async (cache) => {
    const plan = await planOf([stage('fetch', 1), stage('resize', 1, ['fetch'])]);
    const none = new Map<string, CacheEntry>();
    const first = await decide(plan.stages[0]!, none, cache);
    assert.is(first.kind === 'run' && first.reason, 'never run');
    assert.equal(await decide(plan.stages[1]!, none, cache), { kind: 'depends', on: ['fetch'] });
    assert.equal(await runPlan(plan, cache), ['fetch', 'resize']);
    assert.equal(await runPlan(plan, cache), []);
    const hit = await decide(plan.stages[0]!, none, cache);
    assert.is(hit.kind === 'hit' && hit.entry.files.length, 1);
  });
});

test('early cut-off: what comes out equal makes hits of all that follows', async () => {
  await inTemporaryCache(async (cache) => {
    const dag = (writes: number) => planOf([stage('fetch', writes), stage('resize', 1, ['fetch'], true), stage('train', 1, ['resize'])]);
    assert.equal(await runPlan(await dag(1), cache), ['fetch', 'resize', 'train']);
    assert.equal(await runPlan(await dag(2), cache), ['fetch', 'resize']); // resize ran and gave the same
    assert.equal(await runPlan(await dag(1), cache), []); // flipped back
  });
});

test('the same stage hits under another name and in another config', async () => {
  await inTemporaryCache(async (cache) => {
    await runPlan(await planOf([stage('fetch', 1), stage('resize', 2, ['fetch'])]), cache);
    assert.equal(await runPlan(await planOf([stage('get', 1), stage('shrink', 2, ['get']), stage('more', 3, ['shrink'])]), cache), ['more']);
  });
});

test('on random graphs and edits: exactly what an independent rule says runs, and a second time nothing', async () => {
  await inTemporaryCache(async (cache) => {
    const known = new Set<string>();
    for (let seed = 0; seed < 25; seed += 1) {
      const random = randomStream(seed, 'graph');
      const stages = Array.from({ length: 1 + random.integer(7) }, (_, index) => {
        const from = Array.from({ length: index }, (_unused, each) => `s${each}`).filter(() => random.integer(3) === 0);
        return stage(`s${index}`, random.integer(3), from, random.integer(4) === 0);
      });
      // The rule: a stage is known by its parameters and the full text of what it reads.
      const text = new Map<string, string>();
      const expected = stages.filter(({ name, from, prepared }) => {
        const { writes, deaf } = prepared!.params as { readonly writes: number; readonly deaf?: boolean };
        const sources = from!.map((source) => text.get(source)!);
        text.set(name, JSON.stringify([writes, deaf === true ? [] : sources]));
        const whole = JSON.stringify([writes, deaf, sources]);
        const isNew = !known.has(whole);
        known.add(whole);
        return isNew;
      });
      const plan = await planOf(stages);
      assert.equal(await runPlan(plan, cache), expected.map((each) => each.name));
      assert.equal(await runPlan(plan, cache), []);
    }
  });
});

test('the reason comes from the nearest earlier run of the stage', async () => {
  await inTemporaryCache(async (cache) => {
    const reasonFor = async (params: object, definition: SampleStage['definition'] = {}): Promise<string> => {
      const plan = await planOf([{ name: 'train', prepared: { params: { writes: 1, ...params } }, definition }]);
      const decision = await decide(plan.stages[0]!, new Map(), cache);
      if (decision.kind === 'run') assert.is(decision.nearest?.record.seconds, decision.reason === 'never run' ? undefined : 2);
      return decision.kind === 'run' ? decision.reason : decision.kind;
    };
    const run = async (params: object) => runPlan(await planOf([{ name: 'train', prepared: { params: { writes: 1, ...params } } }]), cache);
    assert.is(await reasonFor({}), 'never run');
    await run({ cycle: [10, 10], rate: 1, epochs: 1 });
    await run({ cycle: [9, 9], rate: 2, epochs: 2 });
    assert.is(await reasonFor({ cycle: [5, 5], rate: 1, epochs: 1 }), 'cycle 10 → 5');
    assert.is(await reasonFor({ cycle: [10, 10], rate: 1, epochs: 1 }, { version: 2 }), 'draw version 1 → 2');
    assert.is(await reasonFor({ cycle: [10, 10], rate: 1, epochs: 1 }, { uses: 'paint' }), 'never run');
  });
});

test('another stage of the same kind gives no reason, unless it is this one under another name', async () => {
  await inTemporaryCache(async (cache) => {
    await runPlan(await planOf([stage('photos', 1), stage('shrink', 1, ['photos'])]), cache);
    const reasonFor = async (asked: SampleStage): Promise<unknown> => {
      const decision = await decide((await planOf([asked])).stages[0]!, new Map(), cache);
      return decision.kind === 'run' ? [decision.reason, decision.nearest?.record.seconds] : decision.kind;
    };
    assert.equal(await reasonFor(stage('paintings', 2)), ['never run', undefined]);
    assert.equal(await reasonFor({ ...stage('renamed', 1), definition: { version: 2 } }), ['draw version 1 → 2', 2]);
  });
});

test('changed input files are counted, from a stage as from outside; damage is named', async () => {
  await inTemporaryCache(async (cache, root) => {
    const data = path.join(root, 'data');
    const write = (changed: number) => writeTree(data, new Map(Array.from({ length: 20 }, (_, index) => [`${index}`, Buffer.from(index < changed ? 'new' : 'old')])));
    const plan = () => planOf([{ name: 'read', prepared: { params: { writes: 1 }, outside: [{ name: 'data', path: data }] } }]);
    write(0);
    await runPlan(await plan(), cache);
    write(2);
    const outside = await decide((await plan()).stages[0]!, new Map(), cache);
    assert.is(outside.kind === 'run' && outside.reason, '2 of 20 files changed (of data): 0, 1');

    const dag = (writes: number) => planOf([stage('fetch', writes), stage('resize', 1, ['fetch'])]);
    await runPlan(await dag(1), cache);
    const changed = await dag(2);
    const fetch = await decide(changed.stages[0]!, new Map(), cache);
    if (fetch.kind !== 'run') throw new Error('it was never run');
    const entry = await make(changed.stages[0]!, fetch, new Map(), cache);
    const resize = await decide(changed.stages[1]!, new Map([['fetch', entry]]), cache);
    assert.is(resize.kind === 'run' && resize.reason, '1 of 1 file changed (from fetch): files/1');

    const object = cache.input(entry, 'fetch').locate('files/1');
    chmodSync(object, 0o644);
    writeFileSync(object, 'short');
    const damaged = await decide(changed.stages[0]!, new Map(), cache);
    assert.is(damaged.kind === 'run' && damaged.reason, 'cached output is damaged or gone');
  });
});

test('checkpoints are found by what decides the weights: not by the other parameters, but by the inputs', async () => {
  await inTemporaryCache(async (cache) => {
    const trained = async (epochs: number, rate: number, writes = 1) => {
      const plan = await planOf([stage('data', writes), {
        name: 'train', from: ['data'], prepared: { params: { epochs, rate, writes: 1 }, trajectory: { rate } },
      }]);
      const outputs = new Map<string, CacheEntry>();
      for (const planned of plan.stages) {
        const decision = await decide(planned, outputs, cache);
        if (decision.kind === 'depends') throw new Error('it goes in order');
        outputs.set(planned.name, decision.kind === 'hit' ? decision.entry : await make(planned, decision, outputs, cache));
      }
      assert.is(trajectoryOf(plan.stages[0]!, outputs), undefined);
      return trajectoryOf(plan.stages[1]!, outputs)!.digest;
    };
    const base = await trained(1, 1);
    assert.match(base, /^[0-9a-f]{64}$/);
    assert.is(await trained(2, 1), base);
    assert.is.not(await trained(1, 2), base);
    assert.is.not(await trained(1, 1, 2), base);
  });
});

test.run();
