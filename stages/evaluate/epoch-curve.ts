/** The distances of the generators that training kept on its way, epoch by epoch. */
import type { StageInput } from '../../pipeline/stage.ts';
import { sourceOf, targetOf, translations, type Translation } from '../translation.ts';
import { distancesAcross, type DistanceOptions } from './distances.ts';
import type { EpochScore, GeneratorWeights } from './evaluation.ts';
import { disposeGenerators, hasGenerators, loadGenerators, type Generator, type GeneratorEngine } from './generator.ts';
import { MeasuredSet, type Measuring } from './measured-set.ts';
import { eachBatch } from './pictures.ts';
import type { RealImages } from './real-images.ts';

export interface KeptEpoch {
  readonly epoch: number;
  /** `models/epoch-0050`. */
  readonly folder: string;
}

/** The epochs of which `input` has both generators, oldest first. */
export function keptEpochs(input: StageInput, weights: GeneratorWeights): readonly KeptEpoch[] {
  const folders = new Set(input.files.flatMap(({ path }) => /^models\/epoch-\d+(?=\/)/.exec(path)?.[0] ?? []));
  return [...folders]
    .filter((folder) => hasGenerators(input, weights, folder))
    .map((folder) => ({ folder, epoch: Number(folder.slice('models/epoch-'.length)) }))
    .sort((a, b) => a.epoch - b.epoch);
}

export interface CurveOptions {
  readonly engine: GeneratorEngine;
  readonly input: StageInput;
  readonly weights: GeneratorWeights;
  readonly test: RealImages;
  readonly measuring: Measuring;
  readonly distances: DistanceOptions;
  /** Called for every image; true stops. */
  readonly onPicture: () => boolean;
}

/** The scores of each kept epoch in each direction, or undefined where it was stopped. One epoch's networks in memory at a time. */
export async function epochCurve(options: CurveOptions): Promise<Readonly<Record<Translation, readonly EpochScore[]>> | undefined> {
  const curves: Record<Translation, EpochScore[]> = { AtoB: [], BtoA: [] };
  for (const { epoch, folder } of keptEpochs(options.input, options.weights)) {
    const generators = await loadGenerators(options.engine, options.input, options.weights, folder);
    try {
      for (const translation of translations) {
        const score = await scoreEpoch(options, translation, generators[translation]);
        if (!score) return undefined;
        curves[translation].push({ epoch, ...score });
      }
    } finally {
      disposeGenerators(generators);
    }
  }
  return curves;
}

async function scoreEpoch({ test, measuring, distances, onPicture }: CurveOptions, translation: Translation, generator: Generator) {
  const [source, target] = [test[sourceOf(translation)], test[targetOf(translation)]];
  const set = new MeasuredSet(source.pictures.names.length, source.pictures, measuring);
  for await (const { pictures } of eachBatch(source.pictures)) {
    await set.add(await generator.translate(pictures));
    for (const _ of pictures) if (onPicture()) return undefined;
  }
  return (await distancesAcross(target.measured, [set], distances))?.sets[0];
}
