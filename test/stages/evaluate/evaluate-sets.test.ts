// Image sets of other shapes than a training's own: domains of different numbers, images of one channel.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { join } from 'node:path';
import type { LayersModel } from '../../../stages/engine/tf.ts';
import { distanceNames } from '../../../stages/evaluate/evaluation.ts';
import { createPicture, luminance, mapValues, type Picture } from '../../../stages/image/picture.ts';
import { randomStream } from '../../../stages/random.ts';
import { pixelsOf } from '../test-images.ts';
import { smoothNoise } from './drawn.ts';
import { arraysOf, evaluate, evaluationOf, rig, scaling, tensors, trainOutputs } from './evaluate-rig.ts';

test.after(() => rig.remove());

const SIZE = 32;

/** Pictures of one kind that differ in roughness and contrast. */
const drawn = (first: number, count: number): Picture[] => Array.from({ length: count }, (_, i) => {
  const random = randomStream(first + i, 'kind');
  const [roughness, contrast] = [0.5 + 0.2 * random.next(), 0.8 + 0.2 * random.next()];
  return mapValues(smoothNoise(first + i, SIZE, SIZE, roughness), (value) => 0.5 + contrast * (value - 0.5));
});

/** A network that smears every row: the mean of 7 pixels beside each other. */
async function smear(): Promise<LayersModel> {
  const tf = await tensors();
  const input = tf.input({ shape: [SIZE, SIZE, 3] });
  const layer = tf.layers.depthwiseConv2d({ kernelSize: [1, 7], padding: 'same', useBias: false });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as ReturnType<typeof tf.input> });
  tf.tidy(() => layer.setWeights([tf.fill([1, 7, 3, 1], 1 / 7)]));
  return model;
}

async function translated(model: LayersModel, pictures: readonly Picture[]): Promise<Picture[]> {
  const tf = await tensors();
  const pictureOf = async (picture: Picture) => {
    const output = tf.tidy(() => model.predict(tf.tensor4d(picture.data.map((value) => 2 * value - 1), [1, SIZE, SIZE, 3]))) as ReturnType<typeof tf.tensor4d>;
    const values = await output.data<'float32'>();
    output.dispose();
    return mapValues(createPicture(SIZE, SIZE), (_, i) => (values[i]! + 1) / 2);
  };
  const made: Picture[] = [];
  for (const picture of pictures) made.push(await pictureOf(picture));
  return made;
}

for (const [countA, countB] of [[30, 60], [60, 30]] as const) {
  test(`a perfect translation closes the gap with ${countA} images of A and ${countB} of B`, async () => {
    const perfect = await smear();
    const [A, B] = [drawn(1000, countA), await translated(perfect, drawn(5000, countB))];
    const images = await arraysOf({ train: { A: A.slice(0, 3), B: B.slice(0, 3) }, test: { A, B } });
    const run = await evaluate([await trainOutputs({ generatorAToB: perfect, generatorBToA: await scaling(SIZE) }), images], { directions: 16, strip: 0 });
    const { test: about, translations: { AtoB } } = await evaluationOf(run);
    assert.equal(about.images, { A: { evaluated: 30, of: countA }, B: { evaluated: 30, of: countB } });
    assert.match(run.lines.join('\n'), new RegExp(`30 of ${countA} test images of A and 30 of ${countB} of B`));
    const { gap_closed: closed } = AtoB.methods.cyclegan!;
    for (const name of distanceNames.filter((each) => each !== 'fid')) {
      assert.ok(Math.abs(closed[name]! - 1) < 0.2, `${name}: ${closed[name]}, ${JSON.stringify([AtoB.floor[name], AtoB.methods.cyclegan![name], AtoB.ceiling[name]])}`);
    }
  });
}

test('images of one channel are measured, and drawn in grey', async () => {
  const grey = (first: number) => drawn(first, 4).map(luminance);
  const set = { A: grey(1), B: grey(11) };
  const identity = await scaling(SIZE, 1, 1);
  const run = await evaluate([await trainOutputs({ generatorAToB: identity, generatorBToA: identity }), await arraysOf({ train: set, test: set })]);
  const { translations } = await evaluationOf(run);
  assert.ok(translations.AtoB.methods.cyclegan!.texture_distance > 0);
  const { data } = await pixelsOf(join(run.out, 'evaluation/AtoB.png'));
  assert.ok(data.length > 0 && data.every((value, i) => value === data[i - (i % 3)]));
  assert.is(data[0], Math.round(255 * set.A[0]!.data[0]!));
});

test.run();
