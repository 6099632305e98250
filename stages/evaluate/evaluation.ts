/** What `evaluation.json` holds. Reproducible: no times, hosts or paths. */
import type { Domain } from '../image-set/image-set.ts';
import type { Translation } from '../translation.ts';

/**
 * Who translated: `copy` hands on the input, `mean` answers every input with the mean image of the target's training split,
 * `histogram_match` recolours by the unpaired training splits' distributions, `cyclegan` is the trained generator.
 */
export const methods = ['copy', 'mean', 'histogram_match', 'cyclegan'] as const;
export type Method = (typeof methods)[number];

/** Against the truth, values in [0, 1]: PSNR in dB (null where the pictures are equal), SSIM −1 … 1. */
export interface PairScore {
  readonly psnr: number | null;
  readonly ssim: number;
}

export interface MethodScore extends Partial<PairScore> {
  /** Sliced Wasserstein distance ×1000 of mean-removed 5×5 luminance patches to the target's test split; 0 is best. */
  readonly texture_distance: number;
}

export interface TranslationScore {
  /** Means over all images; PSNR and SSIM only where the test split is paired. `mean` is left out where it is not. */
  readonly methods: Readonly<Partial<Record<Method, MethodScore>>>;
  /** The texture distance between the two halves of the target's test split: what a perfect translation would have. */
  readonly floor: { readonly texture_distance: number };
  /** Each image by itself, by the source's file name; empty where the test split is not paired. */
  readonly images: readonly ({ readonly name: string } & Readonly<Partial<Record<Method, PairScore>>>)[];
}

export interface Evaluation {
  readonly test: {
    readonly paired: boolean;
    /** How many were evaluated, and how many the split has. */
    readonly images: Readonly<Record<Domain, { readonly evaluated: number; readonly of: number }>>;
    readonly height: number;
    readonly width: number;
  };
  readonly translations: Readonly<Record<Translation, TranslationScore>>;
}

export const evaluationFile = 'evaluation.json';
