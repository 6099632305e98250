// On TensorFlow, captured and operation by operation.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor4D } from '../../../stages/engine/tf.ts';
import { capturedTranslation, eagerTranslation } from '../../../stages/model/batch-translation.ts';
import { createNetworks, disposeNetworks } from '../../../stages/model/networks.ts';
import { resolveModel } from '../../../stages/model/schema.ts';
import { testEngine } from '../../helpers/test-engine.ts';

process.env['TF_NUM_INTEROP_THREADS'] = '3';
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
const tf = await testEngine('tensorflow');

if (tf) {
  const folder = mkdtempSync(join(tmpdir(), 'translation-'));
  test.after(() => rmSync(folder, { recursive: true }));

  test('the same bits captured, image by image in one batch or alone, and with weights that were written since', () => {
    const made = createNetworks(tf, resolveModel({ generator: { filters: 4, residual_blocks: 1, norm: 'channel', residual_norm: 'channel' }, discriminator: { filters: 2, strides: [2, 2] } }), [16, 16, 3], 5);
    if (!made.ok) throw new Error(made.failure.message);
    const generator = made.value.generatorAToB;
    const images = tf.randomNormal([3, 16, 16, 3], 0, 0.5, 'float32', 1) as Tensor4D;
    const values = (translated: Tensor4D) => {
      const read = [...translated.dataSync()];
      translated.dispose();
      return read;
    };
    const [eager, captured] = [eagerTranslation(tf, generator), capturedTranslation(tf, generator, folder)];
    const expected = values(eager.of(images));
    const before = tf.memory().numTensors;
    for (let times = 0; times < 10; times += 1) assert.equal(values(captured.of(images)), expected);
    const alone = tf.unstack(images).flatMap((image) => {
      const batch = tf.expandDims(image) as Tensor4D;
      const translated = values(eager.of(batch));
      tf.dispose([image, batch]);
      return translated;
    });
    assert.equal(alone, expected);
    tf.tidy(() => { for (const weight of generator.trainableWeights) weight.write(tf.mul(weight.read(), 1.5)); });
    captured.refresh();
    const after = values(eager.of(images));
    assert.not.equal(after, expected);
    assert.equal(values(captured.of(images)), after);
    captured.dispose();
    assert.is(tf.memory().numTensors, before);
    images.dispose();
    disposeNetworks(made.value);
  });
}

test.run();
