/** What `giverny diff` found: the one document of `--json`, and what the terminal and the page render. */
import type { Json } from '../stage.ts';
import type { Better } from './results.ts';

/** Raised when readers of `--json` would misread it. */
export const comparisonSchema = 1;

/** A run of a column. */
export interface ComparedRun {
  readonly run: string;
  readonly folder: string;
  readonly state: string;
  readonly startedAt: string;
  readonly seconds?: number;
  readonly seed?: number;
  readonly command: readonly string[];
}

/** What is compared: one run, or runs that are equal but for the seed. Lists of values below have one for each column, in order. */
export interface Column {
  /** `A`, `B`, …, `Z`, `AA`. */
  readonly letter: string;
  readonly runs: readonly ComparedRun[];
  /** Of a sweep: what its axes are here. */
  readonly values?: Readonly<Record<string, Json>>;
}

/** A value and where it was written; null in a list of them: absent there. */
export interface WrittenValue {
  readonly value: Json;
  /** `configs/monet.yaml:14:12`, `command line: seed=2`, `default`; absent where the run did not record it. */
  readonly place?: string;
}

export interface ConfigDifference {
  readonly path: string;
  readonly values: readonly (WrittenValue | null)[];
}

/** Between column A and another. */
export interface CodeDifference {
  readonly letter: string;
  readonly text: string;
  /** As `git diff --stat` gives it. */
  readonly stat?: string;
  readonly patch?: string;
}

export interface DataDifference {
  readonly letter: string;
  readonly stage: string;
  readonly text: string;
}

export interface EnvironmentDifference {
  readonly name: string;
  readonly values: readonly (Json | null)[];
}

/** Over the seeds that both columns have, where these are not all of their runs. */
export interface CommonSeeds {
  readonly seeds: readonly number[];
  /** A's mean over them, this column's, and this less A's. */
  readonly reference: number;
  readonly mean: number;
  readonly difference: number;
  readonly isBetter?: boolean;
}

/** Against column A. What is paired is of the seeds that both have: of each the mean, where a column has several runs of it. */
export interface Versus {
  /** This column's mean less A's: of all their runs, as the columns show them. */
  readonly difference: number;
  /** Absent where the pairs are of all runs: then the mean over the pairs is `difference`. */
  readonly common?: CommonSeeds;
  /** Of A's value; absent where that is 0. */
  readonly relative?: number;
  readonly pairs: number;
  /** In how many pairs this column is the higher. */
  readonly higher: number;
  /** Of the pairs' differences. */
  readonly sd?: number;
  /** Sign-flip test, two-sided, and the least that so many pairs can give. */
  readonly p?: number;
  readonly smallestP?: number;
  /** Whether `difference` is for the better; absent where that is not known, or there is none. */
  readonly isBetter?: boolean;
  /** Of the pairs: clear: p < 0.05; unclear: not; too-few: no p could be; untested: one pair. */
  readonly evidence: 'clear' | 'unclear' | 'too-few' | 'untested';
}

export interface MetricCell {
  readonly n: number;
  readonly mean: number;
  readonly sd?: number;
  /** The best epoch's, its mean over the runs. */
  readonly best?: { readonly mean: number; /** Of one run. */ readonly epoch?: number };
  /** By seed, where runs have one. */
  readonly values: readonly { readonly run: string; readonly seed?: number; readonly value: number }[];
  readonly versus?: Versus | 'not comparable' | 'no common seed';
}

export interface MetricRow {
  readonly name: string;
  readonly label: string;
  readonly of: 'evaluation' | 'losses' | 'other';
  readonly better?: Better;
  readonly headline: boolean;
  readonly cells: readonly (MetricCell | null)[];
  /** Where they differ: on what each column's was taken. */
  readonly bases?: readonly (string | null)[];
}

export interface CurveCell {
  /** Means over the column's runs. */
  readonly points: readonly { readonly iteration: number; readonly value: number }[];
  readonly runs: number;
}

export interface CurveRow {
  readonly name: string;
  readonly label: string;
  readonly headline: boolean;
  readonly cells: readonly (CurveCell | null)[];
}

/** One picture in every column: of the same name, at the same epoch. */
export interface PictureRow {
  readonly name: string;
  readonly label: string;
  readonly epoch?: number;
  /** Absolute paths. */
  readonly files: readonly string[];
}

export interface StageCell {
  /** Of the column's only run; of several `done` where all of them are. */
  readonly state: string;
  /** What its executions took, the mean over the runs. */
  readonly seconds?: number;
  readonly runs: number;
  /** How many of the runs took it from the cache. */
  readonly cached: number;
  /** Whether its outputs are those of A. */
  readonly sameOutputs?: boolean;
}

export interface StageRow {
  readonly stage: string;
  readonly cells: readonly (StageCell | null)[];
}

export interface AxisPoint {
  readonly value: Json;
  readonly n: number;
  readonly mean: number;
  readonly sd?: number;
}

/** One axis of a sweep against each metric. */
export interface AxisEffect {
  readonly axis: string;
  readonly metrics: readonly { readonly name: string; readonly label: string; readonly better?: Better; readonly points: readonly AxisPoint[] }[];
  /** The other axes, over which the means go as well; empty where there are none. */
  readonly over: readonly string[];
}

export interface ComparedSweep {
  readonly sweep: string;
  readonly folder: string;
  readonly axes: readonly string[];
  /** How many trials are in which state; `missing` has no run folder, `damaged` no readable record. */
  readonly states: Readonly<Record<string, number>>;
  readonly effects: readonly AxisEffect[];
}

export interface Comparison {
  readonly schema: typeof comparisonSchema;
  readonly sweep?: ComparedSweep;
  readonly columns: readonly Column[];
  /** Whether the columns' runs differ in nothing but the seed. */
  readonly seedsAlone: boolean;
  /** What some column tells nothing of: no difference there does not mean the same. */
  readonly unknown: readonly ('config' | 'data' | 'environment')[];
  readonly config: readonly ConfigDifference[];
  readonly code: readonly CodeDifference[];
  readonly data: readonly DataDifference[];
  readonly environment: readonly EnvironmentDifference[];
  readonly metrics: readonly MetricRow[];
  readonly curves: readonly CurveRow[];
  readonly pictures: readonly PictureRow[];
  readonly stages: readonly StageRow[];
  /** What a reader has to know: runs that did not end, what is missing or cannot be compared. */
  readonly notes: readonly string[];
}
