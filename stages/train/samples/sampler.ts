/** Draws what the generators make of a few test images: the chapter's pictures by which one judges a CycleGAN. */
import { capturedTranslation, eagerTranslation, type BatchTranslation } from '../../model/batch-translation.ts';
import { partOf } from '../../image-set/input.ts';
import type { ArraySet, ArraySetPart } from '../../image-set/input.ts';
import type { Split } from '../../image-set/image-set.ts';
import { openImages } from '../../npy/index.ts';
import type { LayersModel, Tensor4D, Tf } from '../../engine/tf.ts';
import type { ImageShape } from '../../model/spec.ts';
import { sourceOf, translations } from '../../translation.ts';
import type { Translation } from '../../translation.ts';
import { centreWindow, copyWindow } from '../../image/window.ts';
import { chooseSamples } from './choose.ts';
import { sampleName } from './sample-name.ts';
import { drawPanels } from './triptych.ts';

export interface Generators {
  readonly generatorAToB: LayersModel;
  readonly generatorBToA: LayersModel;
}

interface SampleImage {
  readonly translation: Translation;
  readonly name: string;
  /** `[height, width, channels]`, values in [-1, 1]. */
  readonly values: Float32Array;
}

export interface Sample {
  readonly name: string;
  readonly png: Uint8Array;
  readonly translation: Translation;
  /** Original, generated, reconstructed: each `[height, width, channels]`, values in [-1, 1]. */
  readonly panels: readonly Float32Array[];
}

export interface Sampler {
  /** File names of the samples of an epoch. */
  names(epoch: number): readonly string[];
  /** Draws them all with the generators as they are now, in inference mode. */
  draw(epoch: number): Promise<readonly Sample[]>;
  /** The generators are their maker's. */
  dispose(): void;
}

export interface SamplerOptions {
  readonly tf: Tf;
  /** With their weights as they are when samples are drawn; always the same models. */
  readonly generators: () => Generators;
  /** Where the generators are captured: a folder for moments. Absent: they run operation by operation. */
  readonly captureIn?: string;
  /** What the networks take. */
  readonly shape: ImageShape;
  readonly split: Split;
  /** Images a domain. */
  readonly count: number;
  readonly seed: number;
}

/** Chooses and reads the images: of `split`, or of the other where a domain has no image in it. */
export async function openSampler(set: ArraySet, options: SamplerOptions): Promise<Sampler> {
  const { tf, generators, shape } = options;
  let drawing: Translations | undefined;
  const images: SampleImage[] = [];
  for (const translation of translations) images.push(...(await readSamples(set, translation, options)));
  return {
    names: (epoch) => images.map(({ translation, name }) => sampleName(epoch, translation, name)),
    async draw(epoch) {
      const now = generators();
      drawing ??= translationsOf(now, options);
      for (const translation of translations) drawing[translation].refresh();
      const drawn: Sample[] = [];
      for (const { translation, name, values } of images) {
        const panels = await translate(tf, drawing, { translation, values }, shape);
        drawn.push({ name: sampleName(epoch, translation, name), png: await drawPanels(panels, shape), translation, panels });
      }
      return drawn;
    },
    dispose() {
      for (const translation of translations) drawing?.[translation].dispose();
      drawing = undefined;
    },
  };
}

type Translations = Readonly<Record<Translation, BatchTranslation>>;

function translationsOf({ generatorAToB, generatorBToA }: Generators, { tf, captureIn }: SamplerOptions): Translations {
  const translationBy = (model: LayersModel) => (captureIn === undefined ? eagerTranslation(tf, model) : capturedTranslation(tf, model, captureIn));
  return { AtoB: translationBy(generatorAToB), BtoA: translationBy(generatorBToA) };
}

async function readSamples(set: ArraySet, translation: Translation, { split, shape, count, seed }: SamplerOptions): Promise<SampleImage[]> {
  const domain = sourceOf(translation);
  const other = split === 'test' ? 'train' : 'test';
  const part = [partOf(set.parts, split, domain), partOf(set.parts, other, domain)].find((found) => found && found.names.length > 0);
  return part ? readChosen(part, translation, shape, chooseSamples(domain, part.names.length, count, seed)) : [];
}

async function readChosen(part: ArraySetPart, translation: Translation, shape: ImageShape, indices: readonly number[]): Promise<SampleImage[]> {
  const images = await openImages(part.location);
  try {
    const [, height, width, channels] = images.shape;
    const samples = [];
    for (const index of indices) {
      const values = new Float32Array(shape[0] * shape[1] * shape[2]);
      copyWindow(await images.read(index, 1), [height, width, channels], centreWindow([height, width, channels], [shape[0], shape[1]]), values);
      samples.push({ translation, name: part.names[index]!, values });
    }
    return samples;
  } finally {
    await images.close();
  }
}

/** Original, generated, reconstructed. */
async function translate(tf: Tf, drawing: Translations, { translation, values }: Pick<SampleImage, 'translation' | 'values'>, shape: ImageShape): Promise<Float32Array[]> {
  const [there, back] = translation === 'AtoB' ? [drawing.AtoB, drawing.BtoA] : [drawing.BtoA, drawing.AtoB];
  const original: Tensor4D = tf.tensor4d(values, [1, ...shape]);
  const generated = there.of(original);
  const reconstructed = back.of(generated);
  try {
    return [values, await generated.data<'float32'>(), await reconstructed.data<'float32'>()];
  } finally {
    tf.dispose([original, generated, reconstructed]);
  }
}
