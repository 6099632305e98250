import { translations, type Translation } from '../translation.ts';
import type { TranslationScore } from './evaluation.ts';

/** What a list of runs shows of an evaluation: the generators' own scores. */
export function figuresOf(scores: Readonly<Record<Translation, TranslationScore>>): Readonly<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const translation of translations) {
    const score = scores[translation].methods.cyclegan;
    if (typeof score?.psnr === 'number') figures[`psnr_${translation}`] = score.psnr;
    if (score) figures[`texture_${translation}`] = score.texture_distance;
  }
  return figures;
}
