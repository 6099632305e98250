import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../../pipeline/config/config.ts';
import { planStages } from '../../../pipeline/plan/plan.ts';
import type { Plan, PlanningSurroundings } from '../../../pipeline/plan/plan.ts';
import type { EngineSelection } from '../../../pipeline/stage.ts';
import { failureOf, inTemporaryFolder, value } from '../cache/temporary-cache.ts';
import { sampleConfig } from './sample-config.ts';
import type { SampleStage } from './sample-config.ts';

const engine: EngineSelection = { backend: 'tensorflow', version: '2.21.0', device: 'cpu' };
const surroundings: PlanningSurroundings = { engine, environment: { LANGUAGE: 'en', OTHER: 'x' } };

async function planOf(config: Config, around: PlanningSurroundings = surroundings): Promise<Plan> {
  return value(await planStages(config, around));
}

const identityOf = async (stage: SampleStage, more: Partial<Config> = {}, around = surroundings): Promise<string> =>
  (await planOf(sampleConfig([{ ...stage, name: stage.name }], more), around)).stages[0]!.identity;

/** One stage to which everything matters that can. */
function fullStage(file: string): SampleStage {
  return {
    name: 'train',
    definition: { uses: 'train', version: 3, engine: true },
    prepared: {
      params: { rate: 1, weights: [1, 2] }, keyed: { rate: 1, weights: [1, 2] }, trajectory: { rate: 1 }, random: true,
      environment: ['LANGUAGE', 'UNSET'], outside: [{ name: 'script', path: file }],
    },
  };
}

test('every component of the identity changes it', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = path.join(folder, 'script.py');
    writeFileSync(file, 'one');
    const stage = fullStage(file);
    const base = await identityOf(stage);
    const withPrepared = (prepared: SampleStage['prepared']): SampleStage => ({ ...stage, prepared: { ...stage.prepared, ...prepared } });
    const withDefinition = (definition: SampleStage['definition']): SampleStage => ({ ...stage, definition: { ...stage.definition, ...definition } });
    const other = path.join(folder, 'other.py');
    writeFileSync(other, 'two');
    const changed = [
      await identityOf(withDefinition({ uses: 'retrain' })),
      await identityOf(withDefinition({ version: 4 })),
      await identityOf(withPrepared({ keyed: { rate: 2, weights: [1, 2] } })),
      await identityOf(withPrepared({ keyed: { rate: 1, weights: [2, 1] } })),
      await identityOf(withPrepared({ keyed: { rate: '1', weights: [1, 2] } })),
      await identityOf(withPrepared({ outside: [{ name: 'script', path: other }] })),
      await identityOf(withPrepared({ outside: [{ name: 'program', path: file }] })),
      await identityOf(withPrepared({ outside: [] })),
      await identityOf(withPrepared({ environment: ['LANGUAGE'] })),
      await identityOf(stage, {}, { ...surroundings, environment: { LANGUAGE: 'fr' } }),
      await identityOf(stage, {}, { ...surroundings, environment: { LANGUAGE: 'en', UNSET: '' } }),
      await identityOf(stage, { seed: 2 }),
      await identityOf(withPrepared({ random: false })),
      await identityOf(stage, {}, { ...surroundings, engine: { ...engine, version: '2.22.0' } }),
      await identityOf(stage, {}, { ...surroundings, engine: { ...engine, backend: 'wasm' } }),
      await identityOf(stage, {}, { ...surroundings, engine: { ...engine, device: 'gpu:0' } }),
      await identityOf(withDefinition({ engine: false })),
    ];
    assert.is(new Set([base, ...changed]).size, changed.length + 1);
  });
});

test('nothing else changes it', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = path.join(folder, 'script.py');
    writeFileSync(file, 'one');
    const stage = fullStage(file);
    const base = await identityOf(stage);
    mkdirSync(path.join(folder, 'moved'));
    renameSync(file, path.join(folder, 'moved/renamed.py'));
    const moved = fullStage(path.join(folder, 'moved/renamed.py'));
    const quiet = { ...moved, prepared: { ...moved.prepared, random: false } };
    const unseeded = await identityOf(quiet);
    assert.is(await identityOf(moved), base);
    assert.is(await identityOf({ ...moved, name: 'another name' }), base);
    assert.is(await identityOf(moved, { file: '/elsewhere.yaml', name: 'x', resolved: { a: 1 }, warnings: ['w'], engine: { backend: 'wasm' } }), base);
    assert.is(await identityOf(moved, {}, { engine: { ...engine, threads: 7 }, environment: { LANGUAGE: 'en', OTHER: 'y' } }), base);
    assert.is(await identityOf({ ...moved, prepared: { ...moved.prepared, keyed: { weights: [1, 2], rate: 1 }, params: { path: '/x' } } }), base);
    assert.is(await identityOf({ ...moved, prepared: { ...moved.prepared, trajectory: { rate: 9 }, network: true } }), base);
    assert.is(await identityOf({ ...moved, definition: { ...moved.definition, summary: 'Other words.', schema: { a: 1 } } }), base);
    assert.is(await identityOf(quiet, { seed: 2 }), unseeded);
    const gpu = (number: `gpu:${number}`) => identityOf(moved, {}, { ...surroundings, engine: { ...engine, device: number } });
    assert.is(await gpu('gpu:0'), await gpu('gpu:5'));
  });
});

test('a change reaches what reads the stage, directly or not, and nothing else', async () => {
  const stages = (size: number): readonly SampleStage[] => [
    { name: 'fetch' }, { name: 'resize', from: ['fetch'], prepared: { params: { size } } },
    { name: 'beside', from: ['fetch'] }, { name: 'train', from: ['resize'] }, { name: 'evaluate', from: ['beside', 'train'] },
  ];
  const [before, after] = [await planOf(sampleConfig(stages(128))), await planOf(sampleConfig(stages(64)))];
  const changed = before.stages.filter((stage, index) => stage.identity !== after.stages[index]!.identity);
  assert.equal(changed.map((stage) => stage.name), ['resize', 'train', 'evaluate']);
  assert.is.not(before.identity, after.identity);
});

test('the order of `from` counts, the order of stages in the file does not', async () => {
  const ab = [{ name: 'a' }, { name: 'b', prepared: { params: 1 } }] as const;
  const plan = await planOf(sampleConfig([...ab, { name: 'c', from: ['a', 'b'] }]));
  assert.is.not((await planOf(sampleConfig([...ab, { name: 'c', from: ['b', 'a'] }]))).identity, plan.identity);
  const reversed = await planOf(sampleConfig([{ name: 'c', from: ['a', 'b'] }, ...[...ab].reverse()]));
  assert.is(reversed.identity, plan.identity);
  assert.equal(reversed.stages.map((stage) => stage.name), ['b', 'a', 'c']);
});

test('the run is named for the config and the plan; the name of a stage is part of the plan', async () => {
  const plan = await planOf(sampleConfig([{ name: 'a' }], { name: 'monet' }));
  assert.match(plan.identity, /^[0-9a-f]{64}$/);
  assert.is(plan.runName, `monet-${plan.identity.slice(0, 12)}`);
  assert.is.not((await planOf(sampleConfig([{ name: 'b' }]))).identity, plan.identity);
  assert.is((await planOf(sampleConfig([{ name: 'a' }], { name: 'other' }))).identity, plan.identity);
});

test('a missing outside file is a failure that says where', async () => {
  await inTemporaryFolder(async (folder) => {
    const outside = [{ name: 'data', path: path.join(folder, 'nothing'), where: { file: 'sample.yaml', line: 7 } }];
    const result = await planStages(sampleConfig([{ name: 'a', prepared: { outside } }]), surroundings);
    assert.is(failureOf(result).code, 'outside-input-missing');
    assert.match(failureOf(result).message, 'nothing does not exist');
    assert.equal(result.ok || [result.failure.where, result.failure.stage], [{ file: 'sample.yaml', line: 7 }, 'a']);
  });
});

test('an engine is asked for only where a stage needs one', async () => {
  const without: PlanningSurroundings = { engine: undefined, environment: {} };
  const plan = await planOf(sampleConfig([{ name: 'a' }]), without);
  assert.is(plan.engine, undefined);
  let bug: unknown;
  await planStages(sampleConfig([{ name: 'a', definition: { engine: true } }]), without).catch((error: unknown) => (bug = error));
  assert.match(String(bug), 'needs an engine');
});

test('golden: these digests never change while the schema stays', async () => {
  const plan = await planOf(sampleConfig([
    { name: 'fetch', definition: { uses: 'fetch', version: 2 }, prepared: { params: { url: 'é', splits: { test: ['x'], train: [] } } } },
    { name: 'train', from: ['fetch'], definition: { uses: 'train', engine: true }, prepared: { params: { rate: 2e-4 }, random: true, environment: ['LANGUAGE'] } },
  ]));
  // Computed by another program, from the manifests written by hand.
  assert.equal(plan.stages.map((stage) => stage.identity), [
    '94c92b46ddb48c70236014e24118e047d07e6c1bc4c03ec911fb7e844d72cc54',
    'f2cfaf5c50d8c87994e596622c0644dfc80f6ede624f77f21960a28cf5e62651',
  ]);
});

test.run();
