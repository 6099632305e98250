// An upgrade of giverny may neither run everybody's stages again unnoticed, nor leave what must run again as it is: the keys of
// every stage, of a command and of a user's stage are written down, with the manifests that they are the digests of.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { manifestDifferences } from '../../../pipeline/plan/manifest-differences.ts';
import { digestManifest, KEY_SCHEMA_VERSION } from '../../../pipeline/plan/manifest.ts';
import { sayManifestDifference } from '../../../pipeline/plan/reasons.ts';
import { catalog } from '../../../stages/index.ts';
import { currentKeys, goldenEngine, goldenFile, type GoldenKey } from '../../helpers/golden-keys.ts';

const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Readonly<Record<string, GoldenKey>>;
const howTo = 'Is it meant that everybody\'s cached outputs of it are made again? If so: node --import tsx test/helpers/golden-keys.ts (see pipeline/plan/manifest.ts)';

test('every stage has the key that it had', async () => {
  const now = await currentKeys();
  for (const [stage, { key, trajectory, manifest }] of Object.entries(now)) {
    const before = golden[stage];
    assert.ok(before !== undefined, `${stage} is new: node --import tsx test/helpers/golden-keys.ts`);
    const differences = manifestDifferences(before.manifest, manifest, [], new Map()).map(sayManifestDifference);
    assert.equal(differences, [], `${stage}: ${differences.join(', ')}. ${howTo}`);
    // Equal manifests, another digest: the canonical form changed, and with it every key of everybody.
    assert.is(key, before.key, `${stage}: raise KEY_SCHEMA_VERSION, or mend canonical-json.ts. ${howTo}`);
    assert.is(trajectory, before.trajectory, `${stage}: its checkpoints would not be found. ${howTo}`);
  }
});

test('another engine, or version of it, or class of device reaches the stages that run tensors; threads and numbers of GPUs reach none', async () => {
  const tensors = [...catalog.stages.values()].filter(({ engine }) => engine).map(({ uses }) => uses).sort();
  const reached = async (...given: Parameters<typeof currentKeys>): Promise<readonly string[]> => {
    const now = await currentKeys(...given);
    return Object.keys(now).filter((stage) => now[stage]!.key !== golden[stage]!.key).sort();
  };
  assert.equal(await reached({ ...goldenEngine, version: '2.22.0' }), tensors);
  assert.equal(await reached({ ...goldenEngine, backend: 'wasm' }), tensors);
  assert.equal(await reached({ ...goldenEngine, device: 'gpu:0' }), tensors);
  assert.equal(await reached({ ...goldenEngine, threads: 64, capture: false }), []);
  assert.equal(await reached(goldenEngine, { GIVERNY_TEST_GOLDEN: 'shown', GIVERNY_TEST_UNDECLARED: 'x', CUDA_VISIBLE_DEVICES: '1' }), []);
  assert.equal(await reached(goldenEngine, { GIVERNY_TEST_GOLDEN: 'another' }), ['command']);
  assert.equal(await reached(goldenEngine, {}), ['command']);
  assert.equal(await reached(), []);
});

test('the list has every stage, and was made by the form of keys that it says', () => {
  const used = new Set(Object.values(golden).map(({ manifest }) => manifest.uses));
  for (const uses of catalog.stages.keys()) assert.ok(used.has(uses), `${uses} is not in test/helpers/golden-keys.ts`);
  for (const { key, manifest } of Object.values(golden)) {
    assert.is(digestManifest(manifest), key);
    assert.is(manifest.schema, KEY_SCHEMA_VERSION);
  }
});

test.run();
