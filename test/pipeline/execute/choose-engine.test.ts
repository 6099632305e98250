import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog, EngineRequest, EngineSelectionHelp } from '../../../pipeline/catalog.ts';
import type { Config, StageConfig } from '../../../pipeline/config/config.ts';
import { chooseEngine } from '../../../pipeline/execute/choose-engine.ts';
import { failures, ok } from '../../../pipeline/failure.ts';
import type { EngineSelection, StageDefinition } from '../../../pipeline/stage.ts';

const failed = failures({ 'needs-capture': { exit: 64, when: 'The stage of this test runs only captured.' } });
const selections = {
  wasm: { backend: 'wasm', version: '1', device: 'cpu' }, tensorflow: { backend: 'tensorflow', version: '2', device: 'cpu', capture: true },
} as const satisfies Readonly<Record<string, EngineSelection>>;

/** A stage that runs only where steps are captured, if its parameter says so. */
const definition = (engine: boolean): StageDefinition => ({
  uses: 'picky', version: 1, summary: '', schema: {}, inputs: { min: 0, max: 0 }, engine, failures: {}, outputs: () => [],
  prepare: () => { throw new Error('it is prepared'); },
  checkEngine: (params, { capture, backend }, where) => ((params as { readonly picky: boolean }).picky && capture !== true ? failed('needs-capture', `not on ${backend}`, { where: where('picky')! }) : ok(undefined)),
  load: () => Promise.reject(new Error('nothing runs here')),
});

const stage = (name: string, picky: boolean, engine = true): StageConfig => ({
  name, definition: definition(engine), from: [], where: undefined, prepared: { params: { picky }, keyed: null, random: false },
  writtenAt: (parameter) => ({ file: `${name}.${parameter}` }),
});

async function choose(backend: EngineRequest['backend'], available: keyof typeof selections, stages: readonly StageConfig[]) {
  const root = mkdtempSync(join(tmpdir(), 'choose-engine-'));
  const catalog = { selectEngine: async () => ok(selections[available]) } as unknown as Catalog;
  const config: Config = { file: join(root, 'c.yaml'), name: 'c', seed: 0, engine: { backend }, stages, resolved: {}, warnings: [] };
  const chosen = await chooseEngine(config, catalog, root, {} as EngineSelectionHelp);
  rmSync(root, { recursive: true });
  return chosen;
}

test('a stage that cannot run on the chosen engine is one failure, with its name and the place, whoever chose it', async () => {
  for (const backend of ['wasm', 'auto'] as const) {
    const chosen = await choose(backend, 'wasm', [stage('easy', false), stage('hard', true), stage('harder', true)]);
    assert.equal(chosen, { ok: false, failure: { code: 'needs-capture', exit: 64, message: 'not on wasm', where: { file: 'hard.picky' }, stage: 'hard' } });
  }
});

test('stages that can run on it leave it chosen; those that need no engine are not asked', async () => {
  assert.equal(await choose('auto', 'tensorflow', [stage('hard', true)]), ok(selections.tensorflow));
  assert.equal(await choose('wasm', 'wasm', [stage('easy', false), stage('elsewhere', true, false)]), ok(selections.wasm));
  assert.equal(await choose('wasm', 'wasm', [stage('elsewhere', true, false)]), ok(undefined));
});

test.run();
