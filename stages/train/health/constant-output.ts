/** Generators that give the same whatever they are given: one colour, or one picture (mode collapse: Goodfellow 2016, section 5.1.1). */
import { translations, type Translation } from '../../translation.ts';
import { iterationsDone, listed, settledAfter, type Detector, type TrainingFacts, type TranslatedPicture } from './facts.ts';
import { contrast, distance } from './picture-statistics.ts';

/**
 * A tenth of the originals': domains differ in contrast and variety (sketches against photographs) by a factor of two or
 * three, not of ten.
 */
const leastShare = 0.1;
/** Root mean square on a scale of 2, five grey levels of 256: originals that are flat or alike themselves say nothing. */
const leastOfOriginals = 0.04;

export const constantOutput: Detector = (facts) => {
  if (iterationsDone(facts) < settledAfter) return [];
  const flat = translations.filter((translation) => isLess(samplesOf(facts, translation), (images) => images.map((image) => contrast(image, facts.shape[2]))));
  const alike = translations.filter((translation) => !flat.includes(translation) && isLess(samplesOf(facts, translation), pairwiseDistances));
  return [
    ...(flat.length === 0 ? [] : [{
      kind: 'constant-output' as const,
      message: `${listed(flat)}: the samples come out as plain areas of one colour. Try a smaller optimizer.learning_rate, or larger loss.weights.cycle and loss.weights.identity.`,
    }]),
    ...(alike.length === 0 ? [] : [{
      kind: 'mode-collapse' as const,
      message: `${listed(alike)}: every sample comes out as almost the same picture, one that the discriminator takes for real (mode collapse). Try a larger loss.weights.cycle, an image_pool of 50, or a smaller optimizer.learning_rate.`,
    }]),
  ];
};

const samplesOf = ({ pictures }: TrainingFacts, translation: Translation): readonly TranslatedPicture[] => pictures.filter((picture) => picture.translation === translation);

/** Whether the mean of what `measure` finds is far less among the generated images than among the originals. */
function isLess(pictures: readonly TranslatedPicture[], measure: (images: readonly Float32Array[]) => readonly number[]): boolean {
  const mean = (images: readonly Float32Array[]) => {
    const found = measure(images);
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  };
  const before = mean(pictures.map(({ original }) => original));
  return before >= leastOfOriginals && mean(pictures.map(({ generated }) => generated)) < leastShare * before;
}

function pairwiseDistances(images: readonly Float32Array[]): readonly number[] {
  return images.flatMap((image, index) => images.slice(index + 1).map((other) => distance(image, other)));
}
