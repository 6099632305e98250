import { translations, type Translation } from '../translation.ts';
import type { TrainedMethod, TranslationScore } from './evaluation.ts';

/** What a list of runs shows of an evaluation: the scores of the generators that it was made for. */
export function figuresOf(scores: Readonly<Record<Translation, TranslationScore>>, method: TrainedMethod): Readonly<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const translation of translations) {
    const score = scores[translation].methods[method];
    if (!score) continue;
    const shown = { psnr: score.psnr, swd: score.swd, kid: score.kid, fid: score.fid, texture: score.texture_distance };
    for (const [name, value] of Object.entries(shown)) if (typeof value === 'number') figures[`${name}_${translation}`] = value;
  }
  return figures;
}
