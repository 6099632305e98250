// The real evaluate stage on TensorFlow's CPU: on one thread and on two, captured or not, it writes the same bytes. Each
// evaluation is a process of its own, with the settings that the stage itself makes: nothing of the environment helps.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineSelection } from '../../../pipeline/stage.ts';
import { generator } from '../../../stages/model/generator.ts';
import { setInitialWeights } from '../../../stages/model/initial-weights.ts';
import { testSelection } from '../../helpers/test-engine.ts';
import { contentOf } from '../stage-rig.ts';
import { evaluateInNewProcess } from './evaluate-attempt.ts';
import { arrays, params, rig, tensors, trainOutputs, writeModel } from './evaluate-rig.ts';

test.after(() => rig.remove());
const tensorflow = await testSelection('tensorflow');
for (const name of ['TF_NUM_INTEROP_THREADS', 'TF_NUM_INTRAOP_THREADS']) delete process.env[name];

const size = 32;

/** The paper's generators: on more threads within an operation, TensorFlow divides the sums of a normalization over one image. */
async function trained() {
  const tf = await tensors();
  const norm = { kind: 'channel', epsilon: 1e-5, affine: false } as const;
  const networks = (['generatorAToB', 'generatorBToA'] as const).map((name) => {
    const network = generator(tf, name, {
      filters: 8, residual_blocks: 1, norm, residual_norm: norm, padding: 'reflect', strided_padding: 'symmetric', use_bias: true, transposed_use_bias: true, output: 'tanh',
    }, [size, size, 3]);
    setInitialWeights(tf, network, { init_type: 'glorot_uniform', init_gain: 1 }, 5);
    return [name, network] as const;
  });
  return trainOutputs(Object.fromEntries(networks));
}

/** A dense layer's long sums are divided among threads too. */
async function featureNetwork(): Promise<string> {
  const tf = await tensors();
  const input = tf.input({ shape: [size, size, 3] });
  const dense = tf.layers.dense({ units: 8, kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }) });
  const folder = join(rig.folder, 'features');
  await writeModel(folder, tf.model({ inputs: input, outputs: dense.apply(tf.layers.flatten().apply(input)) as ReturnType<typeof tf.input> }));
  return folder;
}

if (tensorflow) {
  const [networks, images, features] = [await trained(), await arrays(size, 21), await featureNetwork()];
  let evaluations = 0;

  const evaluated = async (settings: Pick<EngineSelection, 'capture' | 'threads'>) => {
    const out = join(rig.folder, `evaluated-${++evaluations}`);
    await mkdir(out);
    const inputs = [{ folder: networks.locate('.'), stage: 'train' }, { folder: images.locate('.'), stage: 'normalize' }];
    const { code, message } = await evaluateInNewProcess({ inputs, params: { ...params, features: { path: features, range: [-1, 1] } }, engine: { ...tensorflow, ...settings }, out });
    assert.is(code, 'ok', message);
    return contentOf(out);
  };

  test('the same bytes of figures, tables and strips on one thread and on two, captured and operation by operation', async () => {
    const one = await evaluated({ capture: true, threads: 1 });
    assert.ok('evaluation.json' in one && Object.keys(one).length === 5);
    assert.equal(await evaluated({ capture: true, threads: 2 }), one);
    assert.equal(await evaluated({ capture: false, threads: 2 }), one);
  });
}

test.run();
