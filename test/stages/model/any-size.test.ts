// Real generators of both recipes, saved for one size and taken for another: the same weights compute the same.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor4D } from '../../../stages/engine/tf.ts';
import { generator } from '../../../stages/model/generator.ts';
import { setInitialWeights } from '../../../stages/model/initial-weights.ts';
import { loadModel, saveModel } from '../../../stages/model/saved-model.ts';
import type { GeneratorSpec, InstanceNormSpec } from '../../../stages/model/spec.ts';
import { forAnySize } from '../../../stages/model/any-size.ts';
import { testEngine } from '../../helpers/test-engine.ts';

const tf = (await testEngine('wasm'))!;
const norm = (kind: 'row' | 'channel'): InstanceNormSpec => ({ kind, epsilon: 1e-3, affine: true });
const spec = (kind: 'row' | 'channel', padding: 'zero' | 'reflect'): GeneratorSpec =>
  ({ filters: 4, residual_blocks: 1, norm: norm(kind), residual_norm: norm(kind), padding, strided_padding: padding === 'zero' ? 'same' : 'symmetric', use_bias: true, transposed_use_bias: true, output: 'tanh' });

for (const [kind, padding, height] of [['row', 'zero', 16], ['channel', 'reflect', 24]] as const) {
  test(`${kind} normalization, ${padding} padding: at ${height}×40 as if it had been made for that`, async () => {
    const trained = generator(tf, 'generatorAToB', spec(kind, padding), [16, 16, 3]);
    setInitialWeights(tf, trained, { init_type: 'glorot_uniform', init_gain: 0.02 }, 5);
    const saved = await saveModel(tf, trained);
    const freed = await loadModel(tf, { ...saved, modelJson: forAnySize(saved.modelJson) });
    const wanted = generator(tf, 'generatorAToB', spec(kind, padding), [height, 40, 3]);
    wanted.setWeights(trained.getWeights());
    const image = tf.randomUniform([1, height, 40, 3], -1, 1, 'float32', 7) as Tensor4D;
    const [found, expected] = [freed.predict(image) as Tensor4D, wanted.predict(image) as Tensor4D];
    assert.equal(found.shape, [1, height, 40, 3]);
    assert.equal([...await found.data()], [...await expected.data()]);
  });
}

test('a row-normalized generator keeps its height', async () => {
  const saved = await saveModel(tf, generator(tf, 'generatorAToB', spec('row', 'zero'), [16, 16, 3]));
  const freed = await loadModel(tf, { ...saved, modelJson: forAnySize(saved.modelJson) });
  assert.equal(freed.inputs[0]!.shape, [null, 16, null, 3]);
});

test.run();
