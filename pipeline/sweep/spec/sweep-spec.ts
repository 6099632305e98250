/** What a person asks of a sweep, from a file, from arguments, or from both: arguments go before the file. */
import type { Override } from '../../config/override/override.ts';
import type { Source } from '../../config/tree/source.ts';
import type { Where } from '../../failure.ts';
import type { Json } from '../../stage.ts';
import type { ExecutorRequest } from '../executors.ts';
import type { Halving } from '../sweep-record.ts';
import type { Axis } from './axis.ts';

export interface Exclusion {
  /** By the axis's path, the values of which one has to be met. */
  readonly conditions: ReadonlyMap<string, readonly Json[]>;
  readonly source: Source;
}

export interface Sample {
  readonly trials: number;
  readonly method: 'random' | 'latin-hypercube';
  readonly seed: number;
}

export interface SweepSpec {
  readonly name: string | undefined;
  /** Absolute path of the config that is varied. */
  readonly config: string;
  /** Where the sweep's file names it. */
  readonly configWhere?: Where;
  /** Absolute path of the sweep's file, where there is one. */
  readonly file: string | undefined;
  /** For every trial. */
  readonly fixed: readonly Override[];
  /** Without `seeds`. */
  readonly axes: readonly Axis[];
  /** Groups of paths that go together. */
  readonly zip: readonly (readonly string[])[];
  /** Where each name in `zip` is written. */
  readonly zipSources?: ReadonlyMap<string, Source>;
  readonly exclude: readonly Exclusion[];
  /** How many from the config's on, or which. */
  readonly seeds: number | readonly number[] | undefined;
  readonly sample: Sample | undefined;
  readonly halving: Halving | undefined;
  readonly on: ExecutorRequest | undefined;
  readonly onError: 'continue' | 'stop';
  readonly jobs: number | undefined;
}
