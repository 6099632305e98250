/**
 * What a stage of the user imports as `giverny`: the contract's types, and the few functions that it calls.
 * docs/user-stages.md has examples.
 */
import type { FailureTable, Result } from '../pipeline/failure.ts';
import type { EngineSelection, JsonSchema, OutputDeclaration, ParameterPlaces, PreparedParams, StageContext, StageDefinition } from '../pipeline/stage.ts';
import type { Tf } from './engine/tf.ts';

export { failures, interrupted, ok } from '../pipeline/failure.ts';
export type { Failure, FailureDetails, FailureEntry, FailureTable, Result, Where } from '../pipeline/failure.ts';
export type {
  Continuation, EngineSelection, Json, JsonSchema, OutputDeclaration, OutsideInput, ParameterPlaces, PlannedOutside, PreparedParams, Progress,
  StageContext, StageDefinition, StageInput, StoredFile,
} from '../pipeline/stage.ts';
export type { Tf } from './engine/tf.ts';

/** A stage that returns nothing is done; what it throws is a failure at the line that threw. */
type Ran = Promise<Result<void> | void>;

/** The context of a stage with `engine: true`: `tf` is tfjs on the engine that the plan chose. */
export type EngineContext<P = unknown> = StageContext<P> & { readonly engine: EngineSelection; readonly tf: Tf };

interface Implementation<C> {
  run(context: C): Ran;
}

/** Either `run` in the same file, or `load`, which imports it when the stage really runs. */
type Implemented<C> = (Implementation<C> & { readonly load?: never }) | { load(): Promise<Implementation<C>>; readonly run?: never };

interface Members<P> {
  /** Raised by hand where the same source, parameters and inputs give other outputs (a program that it calls changed): 1 where left out. */
  readonly version?: number;
  readonly summary?: string;
  /** JSON Schema of the parameters; without one it has none. `type: 'object'` and `additionalProperties: false` are put in where they are not said. */
  readonly schema?: JsonSchema;
  /** How many stages `from` may name: any number where left out. */
  readonly inputs?: StageDefinition['inputs'];
  /** The kind of what it hands on (`images`), and the kinds that it can read. */
  readonly makes?: string;
  readonly reads?: readonly string[];
  readonly failures?: FailureTable;
  readonly outputs: readonly OutputDeclaration[] | ((params: P) => readonly OutputDeclaration[]);
  /** Whether it draws random numbers from `context.seed`: then the seed is in its key. `prepare` says it itself. */
  readonly random?: boolean;
  /** Makes the parameters canonical, says what of them decides the outputs, and names outside files. Without it all of them do. */
  prepare?(params: unknown, places: ParameterPlaces): Result<PreparedParams<P>>;
  checkEngine?: StageDefinition<P>['checkEngine'];
  continues?: StageDefinition<P>['continues'];
}

export type UserStage<P = unknown> = Members<P> & (
  | ({ readonly engine?: false } & Implemented<StageContext<P>>)
  | ({ readonly engine: true } & Implemented<EngineContext<P>>)
);

/** Gives back the stage as it is: for the types. `P` is the form of the parameters, as the schema lets them through. */
export const defineStage = <P>(stage: UserStage<P>): UserStage<P> => stage;
