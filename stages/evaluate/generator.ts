/** Trained generators, read from a train stage's outputs, in inference mode. */
import { readFile } from 'node:fs/promises';
import type { StageInput } from '../../pipeline/stage.ts';
import type { Tf } from '../engine/tf.ts';
import type { NetworkName } from '../model/networks.ts';
import { loadModel } from '../model/saved-model.ts';
import type { Picture } from '../image/picture.ts';
import { translations, type Translation } from '../translation.ts';
import { capturedTranslation, eagerTranslation } from '../model/batch-translation.ts';
import type { GeneratorWeights } from './evaluation.ts';
import { evaluateFailed } from './failures.ts';
import { pictureBatch } from './features/picture-batch.ts';
import { fromSymmetric } from './pictures.ts';
import { Unmeasurable } from './unmeasurable.ts';

/** Translates a few pictures of one shape at once. */
export type Translate = (pictures: readonly Picture[]) => Promise<readonly Picture[]>;

export interface Generator {
  /** The image size it was built for; Infinity where it takes any. */
  readonly height: number;
  readonly width: number;
  /** BatchNorm uses its moving statistics; values outside [0, 1] are clipped. */
  readonly translate: Translate;
  dispose(): void;
}

export type Generators = Readonly<Record<Translation, Generator>>;

/** As the networks are named: `generatorAToB`. */
export const generatorName = (translation: Translation): NetworkName => (translation === 'AtoB' ? 'generatorAToB' : 'generatorBToA');

const folderName = (translation: Translation, weights: GeneratorWeights) => `${generatorName(translation)}${weights === 'ema' ? '_ema' : ''}`;

/** Whether `folder` (`models`, or `models/epoch-0050`) holds both generators. */
export const hasGenerators = (input: StageInput, weights: GeneratorWeights, folder = 'models'): boolean =>
  translations.every((translation) => input.files.some(({ path }) => path === `${folder}/${folderName(translation, weights)}/model.json`));

/** What generators run on. */
export interface GeneratorEngine {
  readonly tf: Tf;
  /** Where they are captured: a folder for moments. Absent: they run operation by operation. */
  readonly captureIn?: string;
}

/** Reads both generators of `folder`; it must have them ({@link hasGenerators}). */
export async function loadGenerators(engine: GeneratorEngine, input: StageInput, weights: GeneratorWeights, folder = 'models'): Promise<Generators> {
  const load = (translation: Translation) => loadGenerator(engine, input, `${folder}/${folderName(translation, weights)}`);
  return { AtoB: await load('AtoB'), BtoA: await load('BtoA') };
}

export function disposeGenerators(generators: Generators): void {
  for (const translation of translations) generators[translation].dispose();
}

const notFinite = (stage: string, folder: string) =>
  evaluateFailed('evaluate-not-finite', `${folder} of stage ${stage} makes values of a test image that are no numbers (NaN or infinite)`, {
    hint: 'its training went wrong: look at the losses, and see on_nan, learning_rate and global_clipnorm of train',
  });

async function loadGenerator({ tf, captureIn }: GeneratorEngine, input: StageInput, folder: string): Promise<Generator> {
  const model = await loadModel(tf, {
    modelJson: await readFile(input.locate(`${folder}/model.json`), 'utf8'),
    weights: await readFile(input.locate(`${folder}/weights.bin`)),
  });
  const [, height, width] = model.inputs[0]!.shape;
  const translation = captureIn === undefined ? eagerTranslation(tf, model) : capturedTranslation(tf, model, captureIn);
  return {
    height: height ?? Infinity,
    width: width ?? Infinity,
    async translate(pictures) {
      const images = pictureBatch(tf, pictures, [-1, 1]);
      const output = translation.of(images);
      const values = await output.data<'float32'>();
      tf.dispose([images, output]);
      if (!values.every(Number.isFinite)) throw new Unmeasurable(notFinite(input.stage, folder));
      const size = pictures[0]!.data.length;
      return pictures.map((picture, i) => fromSymmetric(values.subarray(i * size, (i + 1) * size), picture));
    },
    dispose: () => {
      translation.dispose();
      model.dispose();
    },
  };
}
