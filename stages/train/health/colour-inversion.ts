/**
 * Generated images that are negatives of their originals. Nothing in a CycleGAN's losses forbids it: the other generator
 * turns them back and the cycle closes. (Often reported of unpaired training; the identity loss of Zhu et al. 2017,
 * section 5.2, is there against it.)
 */
import { translations } from '../../translation.ts';
import { iterationsDone, listed, settledAfter, type Detector, type TranslatedPicture } from './facts.ts';
import { channelOf, correlation, luminance } from './picture-statistics.ts';

/**
 * Translations that keep the scene correlate with it by 0.3 to 1, those that repaint it by about 0; −0.3 over thousands
 * of pixels is no accident. A single channel may well oppose (a translation can exchange colours), so it must be the
 * luminance, or every channel.
 */
const mostCorrelation = -0.3;

export const colourInversion: Detector = (facts) => {
  if (iterationsDone(facts) < settledAfter) return [];
  const inverted = translations.filter((translation) => {
    const pictures = facts.pictures.filter((picture) => picture.translation === translation);
    return pictures.length > 0 && 2 * pictures.filter((picture) => isInverted(picture, facts.shape[2])).length > pictures.length;
  });
  if (inverted.length === 0) return [];
  return [{
    kind: 'colour-inversion',
    message: `${listed(inverted)}: most samples come out like their own negatives, bright where they are dark. Unless the domains really are each other's negatives: `
      + 'raise loss.weights.identity (half of cycle is the paper\'s), or begin again with another seed; it seldom rights itself.',
  }];
};

function isInverted({ original, generated }: TranslatedPicture, channels: number): boolean {
  const opposes = (view: (image: Float32Array) => Float32Array) => correlation(view(original), view(generated)) < mostCorrelation;
  if (opposes((image) => luminance(image, channels))) return true;
  return Array.from({ length: channels }, (_, channel) => channel).every((channel) => opposes((image) => channelOf(image, channel, channels)));
}
