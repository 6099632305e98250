/**
 * The contract between the runner and what a pipeline can do. The runner knows stages only by this file;
 * a stage knows of pipeline/ only this file and failure.ts.
 *
 * A stage has two halves. Its definition is light (no tfjs, no sharp): enough to check a config and to plan.
 * Its implementation is imported by `load` when the stage really runs.
 */
import type { FailureTable, Result, Where } from './failure.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON Schema (draft 2020-12, ajv). Every property has a `description`; defaults are given with `default`. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What is known of one parameter's place in the config. Paths are as in `weights.cycle` or `inputs.0`. */
export interface ParameterPlaces {
  /** Where the value stands (file:line:column), for a failure that names it. */
  where(path: string): Where | undefined;
  /** The absolute form of a relative path written at `path`: relative to its file, or for an override to the current folder. */
  resolvePath(path: string, value: string): string;
  /** True where the value beside `path` was written at the same place: an override of `url` drops an inherited `sha256`. */
  writtenTogether(path: string, other: string): boolean;
  /** Names of the stages that it reads (`from`), in order: for parameters that speak of them, since names are in no key. */
  readonly from?: readonly string[];
  /**
   * The run in runs/ that `name`, written at `path`, means: its name, the unique beginning of it or of its id, or `latest`
   (for a config that has begun the latest run itself, what it was then).
   * Fails with `run-not-found` or `run-folder-damaged`, at its place. Absent where there is no folder of runs.
   */
  findRun?(path: string, name: string): Result<FoundRun>;
}

/** A run of this project. */
export interface FoundRun {
  /** The folder's name. */
  readonly run: string;
  /** The absolute path of its folder. */
  readonly folder: string;
  /** As run.json says: a run that reads `running` may have been killed since. */
  readonly state: 'running' | 'done' | 'failed' | 'interrupted';
}

/** A file or folder outside the cache whose content decides the result. `name` stands for it in the key; its path does not. */
export interface OutsideInput {
  readonly name: string;
  readonly path: string;
  /** Of a folder: the files that count, relative to it, with forward slashes; the others may change. Absent: all. */
  readonly only?: readonly string[];
  /**
   * The stage reads it whole as it begins, fails where a file of it is missing, and never reads it again. Then its outputs
   * are kept even if it is removed meanwhile; if it holds something else at the end they are not.
   */
  readonly readAtStart?: true;
  /** Where the config names it. */
  readonly where?: Where;
}

/** What an outside input held when the plan was made, which the key says: a stage can hold what it reads against it. */
export interface PlannedOutside {
  readonly name: string;
  /** sha256, hex; of a folder, of its listing. */
  readonly digest: string;
  /** Of a folder: its files (those of `only`), sorted by path, relative to it, with forward slashes. */
  readonly files?: readonly { readonly path: string; readonly digest: string }[];
}

/** What a stage makes of its parameters before anything runs. */
export interface PreparedParams<P> {
  /** The parameters in canonical form (pairs made, paths absolute): what `run` receives and what the run folder's config.yaml says. */
  readonly params: P;
  /** The part of them that decides the output. No absolute path, no clock, no host. Enters identity and key. */
  readonly keyed: Json;
  /** For a stage that keeps checkpoints: the part that decides the weights at iteration n, and nothing else. */
  readonly trajectory?: Json;
  readonly outside?: readonly OutsideInput[];
  /** Names of environment variables that the result depends on. */
  readonly environment?: readonly string[];
  /** Whether the stage draws random numbers with these parameters; if so the seed enters identity and key. */
  readonly random: boolean;
  /** True where running it needs the network (for --offline). */
  readonly network?: boolean;
}

/** One kind of output. `path` is relative to the output folder; a trailing slash means everything below it. */
export interface OutputDeclaration {
  readonly path: string;
  /** reproducible: enters digests and comparisons. record: kept, but may hold times, hosts or paths. */
  readonly kind: 'reproducible' | 'record';
  /** Whether it also appears in the run folder, at the same relative path. */
  readonly inRunFolder?: boolean;
  readonly optional?: boolean;
}

/** `from`: where it goes on, in words (`iteration 400`). `beyond`: all lie beyond its end, the first of them there. */
export type Continuation = boolean | { readonly from: string } | { readonly beyond: string };

/** A stage that the user wrote (`uses: ./my-stage.ts`), as its file and all that this imports were when it was loaded. */
export interface UserSource {
  /** Absolute. In no key. */
  readonly file: string;
  /** Enters identity and key: of each module its sha256, by its path relative to the file; of each installed package its version, by its name. */
  readonly parts: Readonly<Record<string, string>>;
  /** All modules as one ES module, which is what runs: a file that is edited meanwhile changes nothing. */
  readonly program: string;
}

export interface StageDefinition<P = unknown> {
  /** The name that `uses` gives. */
  readonly uses: string;
  /** Raised by hand when the same parameters and inputs give other outputs. */
  readonly version: number;
  /** One line for `giverny --help` and the schema's title. */
  readonly summary: string;
  /** Schema of the stage's own parameters, without `uses` and `from`. */
  readonly schema: JsonSchema;
  /** How many stages `from` may name. */
  readonly inputs: { readonly min: number; readonly max: number };
  /** The kind of what it hands on, such as `images`. Absent: its parameters decide. */
  readonly makes?: string;
  /** The kinds of what it can read: a stage in `from` that makes another is refused before anything runs. Absent: any. */
  readonly reads?: readonly string[];
  /** True for a stage that runs tensors: it gets an engine, and a process of its own. */
  readonly engine: boolean;
  readonly failures: FailureTable;
  /** Set by the runner for a stage of the user. Absent: one of ours. */
  readonly source?: UserSource;
  /** Fixed, or (for command) depending on the parameters. */
  outputs(params: P): readonly OutputDeclaration[];
  prepare(params: unknown, places: ParameterPlaces): Result<PreparedParams<P>>;
  /** Whether it can run with these parameters on the engine that was chosen: asked before anything runs. Absent: on any. */
  checkEngine?(params: P, engine: EngineSelection, where: (parameter: string) => Where | undefined): Result<void>;
  /** Whether it would go on from what its folder of checkpoints holds, by the names in it. Absent: from anything. */
  continues?(params: P, checkpoints: readonly string[]): Continuation;
  load(): Promise<StageImplementation<P>>;
}

export interface StageImplementation<P = unknown> {
  run(context: StageContext<P>): Promise<Result<void>>;
}

/** One output file of a finished stage, in the cache, read-only. */
export interface StoredFile {
  /** Relative to the stage's output folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  /** sha256, hex. */
  readonly digest: string;
  readonly kind: 'reproducible' | 'record';
}

/** What a stage reads: the outputs of one stage that `from` names, in place. */
export interface StageInput {
  /** Its name in the config. */
  readonly stage: string;
  readonly uses: string;
  /** Sorted by path. */
  readonly files: readonly StoredFile[];
  /** The absolute path of the read-only file that holds `path`; its file name on disk means nothing. */
  locate(path: string): string;
}

/** How far a stage is. `total` may be unknown. `figures` are shown beside the bar (losses, say). */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: 'images' | 'bytes' | 'iterations' | 'files';
  /** What is being done now, when a stage has parts: `trainA`, `epoch 3 of 500`. */
  readonly phase?: string;
  readonly figures?: Readonly<Record<string, number>>;
}

/** The engine that the planner chose. The executing process must offer exactly this. */
export interface EngineSelection {
  readonly backend: 'tensorflow' | 'wasm';
  /** TensorFlow's or the wasm backend's version: enters identity and key. */
  readonly version: string;
  readonly device: 'cpu' | `gpu:${number}`;
  /** Threads within and between operations; never in a key. Absent: the engine's default. */
  readonly threads?: number;
  /** Whether training steps run as one graph. They give the same bits either way (tested), so it is in no key. */
  readonly capture?: boolean;
}

export interface StageContext<P = unknown> {
  /** The stage's name in the config. */
  readonly stage: string;
  readonly params: P;
  readonly seed: number;
  /** In the order of `from`. */
  readonly inputs: readonly StageInput[];
  /** One for each outside input that `prepare` gave. Absent: none. */
  readonly outside?: readonly PlannedOutside[];
  /** An empty folder of this attempt: what the stage writes here becomes its outputs. */
  readonly out: string;
  /** For temporary files; removed with the attempt. */
  readonly scratch: string;
  /** Where checkpoints of this trajectory live; they survive attempts and runs. Only where `prepare` gave a trajectory. */
  readonly checkpoints?: string;
  /** Only where the definition says `engine: true`. */
  readonly engine?: EngineSelection;
  /** Fires on Ctrl-C and SIGTERM: finish the current step, write a checkpoint, return `interrupted()`. */
  readonly stop: AbortSignal;
  readonly offline: boolean;
  progress(progress: Progress): void;
  /** A line for the stage's log. */
  log(line: string): void;
  /** A line that people must see: log and terminal. */
  warn(line: string): void;
  /** Copies finished files of `out` into the run folder now (atomically), so that people can watch. */
  publish(paths: readonly string[]): Promise<void>;
}
