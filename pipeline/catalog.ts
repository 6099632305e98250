/**
 * What the runner is given of stages/: the definitions, and the few services that need an engine or images.
 * The command (cli/) hands it in, so that the rest of pipeline/ never imports stages/.
 */
import type { Comparison } from './diff/comparison.ts';
import type { RunResults, StageOfRun } from './diff/results.ts';
import type { Result } from './failure.ts';
import type { EngineSelection, Progress, StageDefinition } from './stage.ts';

// What stages/ hand to `giverny diff`, and what they are handed of it: they know of pipeline/ no more than this file.
export type { Better, Curve, CurvePoint, Metric, ResultPicture, RunResults, StageOfRun } from './diff/results.ts';
export type * from './diff/comparison.ts';

/** `engine:` of a config, its short form `engine: auto` expanded. */
export interface EngineRequest {
  readonly backend: 'auto' | 'tensorflow' | 'wasm';
  readonly device?: 'cpu' | `gpu:${number}`;
  readonly threads?: number;
  readonly capture?: 'auto' | 'off';
}

export interface EngineSelectionHelp {
  /** run: install TensorFlow if it is missing. plan: only say what a run would take. */
  readonly provision: boolean;
  readonly offline: boolean;
  readonly stop: AbortSignal;
  progress(label: string, progress: Progress): void;
  /** One line for people, such as why wasm was taken and what it costs. */
  say(line: string): void;
}

/** What stages that the user wrote need of us. */
export interface UserStageServices {
  /** Absolute path of the module that they import as `giverny`. */
  readonly library: string;
  /** The engine for a stage with `engine: true`: what of it goes into the stage's context (`tf`). */
  loadEngine(selection: EngineSelection): Promise<Result<object>>;
}

export interface Catalog {
  readonly stages: ReadonlyMap<string, StageDefinition>;
  /** Absent: `uses` can name no file. */
  readonly userStages?: UserStageServices;
  /** Resolves `auto` to what this machine has; loads no engine. */
  selectEngine(request: EngineRequest, help: EngineSelectionHelp): Promise<Result<EngineSelection>>;
  /** Renders report.html from what the run folder holds now; returns its path. */
  writeReport(runFolder: string): Promise<string>;
  /** Lines for the end of a run: the evaluation's table, if there is one. */
  summarize(runFolder: string): Promise<readonly string[]>;
  /** For `cache verify`: what is wrong with one checkpoint of a stage that uses `uses`; undefined where nothing is. */
  examineCheckpoint?(uses: string, folder: string): Promise<string | undefined>;
  /** For `verify`: how far two files of the same path are apart in their numbers; undefined where they hold none, or not the same ones. */
  compareFiles?(path: string, recorded: string, made: string): Promise<NumericDifference | undefined>;
  /** For `diff`: what the run folder holds of its stages' results. */
  readResults?(runFolder: string, stages: readonly StageOfRun[]): Promise<RunResults>;
  /** For `diff --html`: the comparison as one page that asks nothing of any network. */
  comparisonPage?(comparison: Comparison): Promise<string>;
}

/** The largest of all differences of one file's numbers from another's. */
export interface NumericDifference {
  readonly absolute: number;
  /** Of each number, relative to the larger of the two. */
  readonly relative: number;
  /** How many numbers were compared, and how many differ. */
  readonly values: number;
  readonly differing: number;
}
