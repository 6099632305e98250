/** What `giverny diff` says of each number of an evaluation and of a training: its name, and which way is better. */
import type { Better } from '../../pipeline/catalog.ts';
import type { MethodScore } from '../evaluate/evaluation.ts';

export interface Measure {
  readonly label: string;
  readonly better: Better;
}

type Score = Exclude<keyof MethodScore, 'gap_closed' | 'swd_levels' | 'kid_error'>;

/** In the order of the report. A score of evaluation.json that is not here is a mistake of types. */
export const scores: Readonly<Record<Score, Measure>> = {
  psnr: { label: 'PSNR, dB', better: 'higher' },
  ssim: { label: 'SSIM', better: 'higher' },
  cycle_l1: { label: 'cycle L1', better: 'lower' },
  swd: { label: 'SWD', better: 'lower' },
  kid: { label: 'KID', better: 'lower' },
  fid: { label: 'FID', better: 'lower' },
  texture_distance: { label: 'texture', better: 'lower' },
};

export const scoreNames = Object.keys(scores) as readonly Score[];

/** Names of the figures that a list of runs shows (figures.ts), which metrics are called by, too. */
export const metricName = (score: Score): string => (score === 'texture_distance' ? 'texture' : score);

/**
 * Of cycle and identity losses less is better. The networks of a GAN play against each other: what one gains the other
 * loses, so an adversarial loss, a discriminator's, and the generators' sum that holds one say nothing of how good either is.
 */
export const betterOfLoss = (name: string): Better | undefined => (/^(cycle|identity)/.test(name) ? 'lower' : undefined);

/** `cycle_A` → `cycle A`; `adversarial_AToB` → `adversarial A → B`. */
export const lossLabel = (name: string): string =>
  name.replace(/_loss$/, '').replace(/_([AB])To([AB])$/, ' $1 → $2').replaceAll('_', ' ');
