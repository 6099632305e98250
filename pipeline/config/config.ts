/** A config as the planner gets it: checked, resolved, every stage's parameters prepared. */
import type { EngineRequest } from '../catalog.ts';
import type { Where } from '../failure.ts';
import type { Json, PreparedParams, StageDefinition } from '../stage.ts';
import type { WrittenPlaces } from './written-places.ts';

export interface StageConfig {
  /** The stage's name in the config. */
  readonly name: string;
  readonly definition: StageDefinition;
  /** Names of the stages it reads, in order. */
  readonly from: readonly string[];
  readonly prepared: PreparedParams<unknown>;
  /** Where the stage's key stands. */
  readonly where: Where | undefined;
  /** Where a parameter (`loss.weights.cycle`) is written: undefined for a default. */
  writtenAt?(parameter: string): Where | undefined;
}

export interface Config {
  /** Absolute path of the file that was named. */
  readonly file: string;
  readonly name: string;
  readonly seed: number;
  readonly engine: EngineRequest;
  /** In the order of the file. */
  readonly stages: readonly StageConfig[];
  /** The whole resolved config, paths absolute: what the run folder's config.yaml says. Loading it again gives an equal Config. */
  readonly resolved: Json;
  /** Lines that people should see (a section that nothing references, a sha256 dropped by an override). */
  readonly warnings: readonly string[];
  /** Where each value of `resolved` was written; files relative to `folder`. */
  writtenPlaces?(folder: string): WrittenPlaces;
}
