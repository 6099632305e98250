/** What `evaluation.json` holds. Reproducible: no times, hosts or paths. */
import type { Domain } from '../image-set/image-set.ts';
import type { Translation } from '../translation.ts';

/**
 * Who translated: `copy` hands on the input, `mean` answers every input with the mean image of the target's training split,
 * `histogram_match` recolours by the unpaired training splits' distributions, `cyclegan` is the trained generator, `supervised`
 * a generator that was trained on pairs (objective: supervised), and so was told the answers.
 */
export const methods = ['copy', 'mean', 'histogram_match', 'cyclegan', 'supervised'] as const;
export type Method = (typeof methods)[number];

/** Methods that are networks: they translate in both directions, so they have a cycle. */
export const trainedMethods = ['cyclegan', 'supervised'] as const satisfies readonly Method[];
export type TrainedMethod = (typeof trainedMethods)[number];

/** Of one image. PSNR and SSIM where the truth is known, values in [0, 1]: dB (null where the pictures are equal), and −1 … 1. */
export interface ImageScore {
  readonly psnr?: number | null;
  readonly ssim?: number;
  /** Mean |x − G'(G(x))|, values in [0, 1]: of networks alone. */
  readonly cycle_l1?: number;
}

/**
 * Distances of a set of images to the target's test split, from one half of the images to the other half of the real ones and the
 * reverse, the mean of both: see distances.ts. Less is better; none can be compared between image sizes.
 */
export interface Distances {
  /** Sliced Wasserstein distance ×1000 of 7×7 patches of the Laplacian pyramid: the mean over its levels. */
  readonly swd: number;
  /** The same by level, in the order of `test.swd_levels`. */
  readonly swd_levels: readonly number[];
  /** Kernel distance ×1000 on the features of a network; unbiased, so it may be below 0. Left out where a half has one image. */
  readonly kid?: number;
  /** Its standard error; left out where a half has two images. */
  readonly kid_error?: number;
  /** Fréchet distance on the same features, where the user named the network; of all images, and so without a floor. */
  readonly fid?: number;
  /** Sliced Wasserstein distance ×1000 of mean-removed 5×5 luminance patches. */
  readonly texture_distance: number;
}

export const distanceNames = ['swd', 'kid', 'fid', 'texture_distance'] as const;
export type DistanceName = (typeof distanceNames)[number];

/** Means over all images, and distances of all together. */
export interface MethodScore extends ImageScore, Distances {
  /** (ceiling − distance) / (ceiling − floor): 0 as far from the target as the input is, 1 as near as its halves are to each other. Left out where there is no gap: gap-closed.ts. */
  readonly gap_closed: Readonly<Partial<Record<DistanceName, number>>>;
}

export interface EpochScore extends Distances {
  readonly epoch: number;
}

export interface TranslationScore {
  /** PSNR and SSIM, and `mean`, only where the test split is paired. */
  readonly methods: Readonly<Partial<Record<Method, MethodScore>>>;
  /** Of one half of the target's test split to the other: what a perfect translation would have. */
  readonly floor: Distances;
  /** Of the source's test split, untranslated, to the target's: those of `copy`. */
  readonly ceiling: Distances;
  /** Each image by itself, by the source's file name; the same as evaluation/AtoB.csv. */
  readonly images: readonly ({ readonly name: string } & Readonly<Partial<Record<Method, ImageScore>>>)[];
  /** Of the generators that training kept on its way (`keep_every`), oldest first; with `epochs: true`. */
  readonly epochs?: readonly EpochScore[];
}

/** Which of a train stage's generators: those after the last iteration, or the average over the last iterations. */
export type GeneratorWeights = 'last' | 'ema';

export interface Evaluation {
  readonly test: {
    readonly paired: boolean;
    /** How many were evaluated, as many of A as of B, and how many the split has. */
    readonly images: Readonly<Record<Domain, { readonly evaluated: number; readonly of: number }>>;
    readonly height: number;
    readonly width: number;
    /** `[height, width]` of the Laplacian pyramid's levels. */
    readonly swd_levels: readonly (readonly [number, number])[];
  };
  readonly networks: Readonly<Partial<Record<TrainedMethod, GeneratorWeights>>>;
  /** `random`: giverny's own random convolutions; their KID cannot be compared with papers. `named`: the user's network. */
  readonly features: { readonly network: 'random' | 'named'; readonly dimensions: number };
  readonly translations: Readonly<Record<Translation, TranslationScore>>;
}

export const evaluationFile = 'evaluation.json';
