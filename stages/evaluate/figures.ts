import { translations, type Translation } from '../translation.ts';
import type { TranslationScore } from './evaluation.ts';

/** What a list of runs shows of an evaluation: the generators' own scores. */
export function figuresOf(scores: Readonly<Record<Translation, TranslationScore>>): Readonly<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const translation of translations) {
    const score = scores[translation].methods.cyclegan;
    if (!score) continue;
    const shown = { psnr: score.psnr, swd: score.swd, kid: score.kid, fid: score.fid, texture: score.texture_distance };
    for (const [name, value] of Object.entries(shown)) if (typeof value === 'number') figures[`${name}_${translation}`] = value;
  }
  return figures;
}
