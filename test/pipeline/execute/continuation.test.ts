import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCache, type Cache } from '../../../pipeline/cache/cache.ts';
import { whyItRuns } from '../../../pipeline/execute/continuation.ts';
import { damagedOrGone, neverRun, trajectoryOf } from '../../../pipeline/plan/decide.ts';
import { planStages } from '../../../pipeline/plan/plan.ts';
import type { PlannedStage } from '../../../pipeline/plan/plan.ts';
import type { Json } from '../../../pipeline/stage.ts';
import { inTemporaryCache, value } from '../cache/temporary-cache.ts';
import { sampleConfig } from '../plan/sample-config.ts';

interface Training {
  readonly epochs?: number;
  readonly seed?: number;
  readonly params?: { readonly [name: string]: Json };
}

/** A stage whose checkpoints are named for the epochs that they hold. */
async function training({ epochs = 9, seed = 1, params = {} }: Training): Promise<PlannedStage> {
  const trajectory = { rate: 1, schedule: { constant: 2, decay: 3 }, cycle: [10, 10], ...params };
  const config = sampleConfig([{
    name: 'train',
    definition: {
      uses: 'train',
      continues(_, names) {
        const kept = names.map(Number).sort((a, b) => a - b);
        const usable = kept.filter((each) => each <= epochs).at(-1);
        return usable !== undefined ? { from: `epoch ${usable}` } : kept.length > 0 && { beyond: `epoch ${kept[0]}` };
      },
    },
    prepared: { params: { ...trajectory, epochs }, trajectory, random: true },
  }], { seed });
  const plan = value(await planStages(config, { engine: undefined, environment: {} }));
  const where = { file: '/project/study.yaml', line: 4, column: 9 };
  return { ...plan.stages[0]!, writtenAt: (parameter) => (parameter.startsWith('schedule') || parameter === 'cycle' ? where : undefined) };
}

/** As an execution leaves it that was stopped after `epoch`. */
async function train(cache: Cache, wanted: Training, epoch: number, run: string, started = '2026-01-01'): Promise<string> {
  const stage = await training(wanted);
  const { digest, manifest } = trajectoryOf(stage, new Map())!;
  mkdirSync(path.join(cache.checkpoints(digest), String(epoch)), { recursive: true });
  value(await cache.trajectories.write({ trajectory: digest, manifest, stage: 'train', run, started }));
  return cache.checkpoints(digest);
}

async function why(cache: Cache, wanted: Training, reason = neverRun, forced = false): Promise<string> {
  const surroundings = { cache, run: 'study-2', shown: (file: string) => path.basename(file) };
  return whyItRuns({ stage: await training(wanted), reason, forced, outputs: new Map() }, surroundings);
}

test('it continues from the checkpoints of its trajectory, and says which run made them', async () => {
  await inTemporaryCache(async (cache) => {
    assert.is(await why(cache, {}), neverRun);
    await train(cache, {}, 4, 'study-1');
    assert.is(await why(cache, {}), 'continues from epoch 4 of study-1');
    assert.is(await why(cache, { epochs: 20 }, 'epochs 9 → 20'), 'epochs 9 → 20; continues from epoch 4 of study-1');
    assert.is(await why(cache, {}, 'forced', true), 'forced');
    await train(cache, {}, 6, 'study-2');
    assert.is(await why(cache, {}), 'continues from epoch 6', 'its own need no name');
    assert.is(await why(cache, {}, 'cycle 10 → 5'), 'continues from epoch 6', 'nor how it differs from others');
    assert.is(await why(cache, {}, damagedOrGone), `${damagedOrGone}; continues from epoch 6`);
  });
});

test('where only a near trajectory has checkpoints, what differs is said with its place', async () => {
  await inTemporaryCache(async (cache) => {
    const folder = await train(cache, {}, 4, 'study-1');
    const longer = { params: { schedule: { constant: 5, decay: 3 } } };
    assert.is(
      await why(cache, longer, 'epochs 9 → 12'),
      'epochs 9 → 12; starts from the beginning, not from epoch 4 of study-1: schedule.constant 2 → 5 (study.yaml:4:9) changes the weights',
    );
    assert.is(
      await why(cache, longer, 'schedule.constant 2 → 5'),
      'schedule.constant 2 → 5; starts from the beginning, not from epoch 4 of study-1: schedule.constant (study.yaml:4:9) changes the weights',
    );
    assert.is(await why(cache, { seed: 2 }), 'never run; starts from the beginning, not from epoch 4 of study-1: seed 1 → 2 changes the weights');
    rmSync(folder, { recursive: true });
    assert.is(await why(cache, longer), neverRun, 'without checkpoints there is nothing to miss');
  });
});

test('of several the nearest is named, the newest of those that are equally near; what is far is not', async () => {
  await inTemporaryCache(async (cache) => {
    await train(cache, { params: { rate: 2, cycle: [5, 5] } }, 8, 'far-1', '2026-01-03');
    await train(cache, { params: { rate: 2 } }, 4, 'near-1', '2026-01-01');
    await train(cache, { params: { rate: 3 } }, 5, 'near-2', '2026-01-02');
    assert.match(await why(cache, {}), 'not from epoch 5 of near-2: rate 3 → 1 changes the weights');
    assert.match(await why(cache, { params: { rate: 2, cycle: [5, 6] } }), 'not from epoch 8 of far-1: cycle 5 → [5, 6]');
    assert.is(await why(cache, { seed: 5, params: { rate: 7, schedule: { constant: 8, decay: 9 } } }), neverRun);
    assert.match(await why(cache, { seed: 5, params: { rate: 7 } }), 'rate 3 → 7, seed 1 → 5 change the weights');
  });
});

test('checkpoints that lie beyond its end are of no use, and it says so', async () => {
  await inTemporaryCache(async (cache) => {
    await train(cache, {}, 8, 'study-1');
    assert.is(await why(cache, { epochs: 5 }, 'epochs 9 → 5'), 'epochs 9 → 5; starts from the beginning: the checkpoints that are kept begin with epoch 8, beyond its end');
    assert.is(await why(cache, { epochs: 5, seed: 2 }), neverRun, 'those of a near trajectory are then no loss');
  });
});

test('a damaged note says less, and is replaced', async () => {
  await inTemporaryCache(async (before, root) => {
    const folder = await train(before, {}, 4, 'study-1');
    writeFileSync(`${folder}.json`, '{"schema": 1');
    const cache = value(await openCache(root));
    assert.is(await why(cache, {}), 'continues from epoch 4');
    assert.is(await why(cache, { seed: 2 }), neverRun);
    await train(cache, {}, 4, 'study-1');
    assert.is(await why(cache, {}), 'continues from epoch 4 of study-1');
  });
});

test.run();
