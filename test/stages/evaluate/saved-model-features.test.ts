// A TensorFlow SavedModel as feature network, on TensorFlow where it is installed.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedNetwork } from '../../../stages/evaluate/features/named-network.ts';
import { createPicture, mapValues } from '../../../stages/image/picture.ts';
import { testEngine } from '../../helpers/test-engine.ts';
import { codeOf, messageOf } from '../stage-rig.ts';
import { writeSavedModel } from './saved-model.ts';

const folder = await mkdtemp(join(tmpdir(), 'giverny-saved-model-'));
test.after(() => rm(folder, { recursive: true }));

const tf = await testEngine('tensorflow');
const picture = mapValues(createPicture(16, 16), (_, i) => (i % 3) / 4);
const read = (path: string, output?: string) => namedNetwork(tf!, { path, range: [0, 1], ...(output !== undefined && { output }) }, picture);

async function featuresOf(path: string, output?: string): Promise<readonly number[]> {
  const network = await read(path, output);
  if (!network.ok) throw new Error(network.failure.message);
  const [features] = await network.value.of([picture]);
  network.value.dispose();
  return [...features!];
}

if (!tf) test('no TensorFlow', () => assert.is(tf, undefined));
else {
  test('the output that the config names is what it is measured on', async () => {
    const both = await writeSavedModel(join(folder, 'both'), ['means', 'doubled']);
    assert.equal(await featuresOf(both, 'means'), [0, 0.25, 0.5]);
    assert.equal(await featuresOf(both, 'doubled'), [0, 0.5, 1]);
    assert.equal(await featuresOf(await writeSavedModel(join(folder, 'one'), ['doubled'])), [0, 0.5, 1]);
  });

  test('an output that it has not is refused, with those that it has, where there is but one too', async () => {
    for (const outputs of [['means'], ['means', 'doubled']] as const) {
      const refused = await read(await writeSavedModel(join(folder, outputs.join('-')), outputs), 'pool');
      assert.is(codeOf(refused), 'evaluate-features-unusable');
      assert.match(messageOf(refused), /no output pool \| one of .*means/);
    }
  });
}

test.run();
