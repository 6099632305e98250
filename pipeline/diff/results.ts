/** What a run came to, as `giverny diff` is told of it: pipeline/ knows no stage, so catalog.ts hands in who reads it. */
import type { Json } from '../stage.ts';

export type Better = 'higher' | 'lower';

/** One number of a run. */
export interface Metric {
  /** The same in every run that has it: `psnr_AtoB`; of a second such stage with its name before it, `late.psnr_AtoB`. */
  readonly name: string;
  /** For people: `PSNR A → B, dB`. */
  readonly label: string;
  readonly of: 'evaluation' | 'losses' | 'other';
  /** Absent: not known. */
  readonly better?: Better;
  /** Among the few that a terminal shows. */
  readonly headline: boolean;
  /** Infinity: the PSNR of equal pictures. */
  readonly value: number;
  /** Over the epochs of which it is known. */
  readonly best?: { readonly value: number; readonly epoch: number };
  /** On what it was taken, in words. Values with different ones cannot be compared. */
  readonly basis?: string;
}

export interface CurvePoint {
  readonly iteration: number;
  readonly value: number;
}

/** A loss over the iterations: means of epochs, thinned out where there are very many. */
export interface Curve {
  readonly name: string;
  readonly label: string;
  readonly headline: boolean;
  readonly points: readonly CurvePoint[];
  readonly basis?: string;
}

export interface ResultPicture {
  /** Of the same picture in every run that has it: `sample AtoB 0011`. */
  readonly name: string;
  /** For people: `A → B → A, 0011: original, generated, reconstructed`. */
  readonly label: string;
  /** Absent: of the end. */
  readonly epoch?: number;
  /** Relative to the run folder. */
  readonly path: string;
}

export interface RunResults {
  readonly metrics: readonly Metric[];
  readonly curves: readonly Curve[];
  readonly pictures: readonly ResultPicture[];
  /** Names of the stages of which this tells: of the others run.json's figures do. */
  readonly told: readonly string[];
  /** What could not be read, in words. */
  readonly notes: readonly string[];
}

/** A stage of the run, as its record and plan tell of it. */
export interface StageOfRun {
  readonly name: string;
  readonly uses: string;
  /** The parameters that decide its outputs. */
  readonly params?: Json;
}
