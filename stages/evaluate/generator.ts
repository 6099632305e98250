/** A trained generator, read from a train stage's outputs, in inference mode. */
import { readFile } from 'node:fs/promises';
import type { StageInput } from '../../pipeline/stage.ts';
import type { Tensor4D, Tf } from '../engine/tf.ts';
import type { NetworkName } from '../model/networks.ts';
import { loadModel } from '../model/saved-model.ts';
import type { Picture } from '../image/picture.ts';
import type { Translation } from '../translation.ts';
import { fromSymmetric, toSymmetric } from './pictures.ts';
import type { Translate } from './score.ts';

export interface Generator {
  /** The image size it was built for; Infinity where it takes any. */
  readonly height: number;
  readonly width: number;
  /** Translates pictures of one shape, all at once; BatchNorm uses its moving statistics. */
  readonly translate: Translate;
  dispose(): void;
}

/** As the networks are named: `generatorAToB`. */
export const generatorName = (translation: Translation): NetworkName => (translation === 'AtoB' ? 'generatorAToB' : 'generatorBToA');

/** Reads `models/generatorAToB` or `models/generatorBToA`. */
export async function loadGenerator(tf: Tf, input: StageInput, translation: Translation): Promise<Generator> {
  const folder = `models/${generatorName(translation)}`;
  const model = await loadModel(tf, {
    modelJson: await readFile(input.locate(`${folder}/model.json`), 'utf8'),
    weights: await readFile(input.locate(`${folder}/weights.bin`)),
  });
  const [, height, width] = model.inputs[0]!.shape;
  return {
    height: height ?? Infinity,
    width: width ?? Infinity,
    async translate(pictures) {
      const output = tf.tidy(() => model.predict(batchOf(tf, pictures)) as Tensor4D);
      const values = await output.data<'float32'>();
      output.dispose();
      const size = pictures[0]!.data.length;
      return pictures.map((picture, i) => fromSymmetric(values.subarray(i * size, (i + 1) * size), picture));
    },
    dispose: () => {
      model.dispose();
    },
  };
}

/** `[pictures, height, width, channels]`, values in [−1, 1]. */
function batchOf(tf: Tf, pictures: readonly Picture[]): Tensor4D {
  const { height, width, channels, data } = pictures[0]!;
  const values = new Float32Array(pictures.length * data.length);
  pictures.forEach((picture, i) => values.set(toSymmetric(picture), i * data.length));
  return tf.tensor4d(values, [pictures.length, height, width, channels]);
}
