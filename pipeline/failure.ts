/**
 * Every failure a user can meet is a value of one shape, and every `code` is documented in a table:
 * the runner's in {@link runnerFailures} below, each stage's beside that stage, in the same form.
 * Bugs are exceptions; they are never turned into one of these.
 */

/** What a process ends with: 1 a stage failed, 64 bad config or usage, 130 interrupted, 143 terminated. */
export type ExitCode = 1 | 64 | 130 | 143;

/** One row of a failure table: the exit code and, in a sentence, when a user meets it. */
export interface FailureEntry {
  readonly exit: ExitCode;
  readonly when: string;
}

export type FailureTable = Readonly<Record<string, FailureEntry>>;

/** A place in a file: line and column count from 1. `text` is the line itself, `length` how much of it to underline. */
export interface Where {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly length?: number;
  readonly text?: string;
}

/** What went wrong (`message`), where, what was expected, and what to do (`hint`). Each is one plain sentence or less. */
export interface Failure<Code extends string = string> {
  readonly code: Code;
  readonly exit: ExitCode;
  readonly message: string;
  readonly where?: Where;
  readonly expected?: string;
  readonly hint?: string;
  /** The stage (its name in the config) in which it happened; the runner fills it in. */
  readonly stage?: string;
  /** Further mistakes found with it (in a config, the next few in file order), each without an `also` of its own. */
  readonly also?: readonly Failure[];
}

export type FailureDetails = Pick<Failure, 'where' | 'expected' | 'hint'>;

export type Result<T, F extends Failure = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const fail = <F extends Failure>(failure: F): { readonly ok: false; readonly failure: F } => ({ ok: false, failure });

/**
 * Makes the function that makes the failures of one table, so that a code without documentation cannot be written:
 * `const failed = failures(resizeFailures); return failed('corrupt-image', '…', { where: { file } });`
 */
export function failures<T extends FailureTable>(table: T) {
  return <Code extends keyof T & string>(code: Code, message: string, details: FailureDetails = {}) =>
    fail<Failure<Code>>({ code, exit: table[code]!.exit, message, ...details });
}

/** The runner's own failures. A stage's stand beside the stage. */
export const runnerFailures = {
  'usage': { exit: 64, when: 'The command line is not one that giverny understands.' },
  'config-not-found': { exit: 64, when: 'The config file, or one it extends, does not exist or cannot be read.' },
  'config-not-yaml': { exit: 64, when: 'The config is not valid YAML 1.2, or repeats a key.' },
  'config-unknown-key': { exit: 64, when: 'The config, or an override, names a key that does not exist there.' },
  'config-invalid-value': { exit: 64, when: 'A value has the wrong type or is out of range.' },
  'config-missing-key': { exit: 64, when: 'A required key is absent.' },
  'config-bad-reference': { exit: 64, when: 'A ${reference} names nothing, or leads back to itself.' },
  'config-bad-override': { exit: 64, when: 'An override on the command line is not path=value, or its value is not YAML.' },
  'config-extends-cycle': { exit: 64, when: 'A config extends itself, directly or through others.' },
  'unknown-stage': { exit: 64, when: 'A stage `uses` something that does not exist, or `from` names no stage.' },
  'user-stage-not-found': { exit: 64, when: 'The file of a stage that `uses` names (`./my-stage.ts`) does not exist, cannot be read, or is neither TypeScript nor JavaScript.' },
  'user-stage-not-compiled': { exit: 64, when: 'A stage of the user, or a module that it imports, is not valid TypeScript or JavaScript, or imports what cannot be found.' },
  'user-stage-invalid': { exit: 64, when: 'The file of a stage of the user exports no stage, or one that is not as the contract says.' },
  'user-stage-threw': { exit: 64, when: 'A stage of the user threw before anything ran: as its file was imported, or as it looked at its parameters.' },
  'user-stage-compiler-missing': { exit: 64, when: 'The package esbuild, which reads the stages of the user, cannot be used on this machine.' },
  'stage-cycle': { exit: 64, when: 'Stages read from each other in a circle.' },
  'stage-inputs': { exit: 64, when: 'A stage reads from too few or too many stages, or from one that does not make what it needs.' },
  'outside-input-missing': { exit: 64, when: 'A local file or folder that a stage reads does not exist or cannot be read.' },
  'outside-input-changed': { exit: 1, when: 'A local file or folder changed between the plan and the end of the stage that reads it, or was removed before that stage had surely read it.' },
  'run-folder-clash': { exit: 64, when: 'A stage has to be given a folder of its name in the run folder, and another stage writes there.' },
  'run-not-found': { exit: 64, when: 'No run folder has that name, id or prefix, or more than one has.' },
  'query-invalid': { exit: 64, when: 'What was given to --where, --columns or --sort is not such an expression, or names a field that no run has.' },
  'run-not-trained': { exit: 64, when: 'A run that is to translate or to be exported has no trained networks.' },
  'run-folder-damaged': { exit: 1, when: 'A run folder exists but is not what its name says, or its run.json cannot be read.' },
  'run-in-use': { exit: 1, when: 'Another giverny process is working in the same run folder.' },
  'sweep-invalid': { exit: 64, when: 'What a sweep says of its axes, of zip, exclude, seeds, sample or halving does not make sense.' },
  'sweep-empty': { exit: 64, when: 'A sweep has no trial: nothing is varied, or everything is excluded.' },
  'sweep-not-found': { exit: 64, when: 'No sweep, or no job of one, has that name.' },
  'sweep-damaged': { exit: 1, when: 'A file in a sweep\'s folder is damaged or of a form that this giverny cannot read.' },
  'sweep-in-use': { exit: 1, when: 'Another process is following the same sweep, or jobs of it are with the executor that an earlier --on chose.' },
  'sweep-changed': { exit: 1, when: 'What a trial reads has changed since the sweep was planned.' },
  'sweep-metric-missing': { exit: 1, when: 'A trial ended well and did not give the metric by which the sweep halves.' },
  'executor-unavailable': { exit: 1, when: 'What jobs of a sweep are handed to (Slurm) is not on this machine, or its controller does not answer.' },
  'executor-refused': { exit: 1, when: 'What jobs of a sweep are handed to (Slurm) refused them; the message has its words.' },
  'report-failed': { exit: 1, when: 'The report of a run could not be rendered.' },
  'cache-unwritable': { exit: 1, when: 'The cache or the run folder cannot be written.' },
  'cache-full': { exit: 1, when: 'The disk is full.' },
  'cache-damaged': { exit: 1, when: 'A cached object is damaged and could not be made again.' },
  'stage-output-missing': { exit: 1, when: 'A stage ended well but did not write an output that it declares.' },
  'stage-output-unusable': { exit: 1, when: 'A stage wrote something that cannot be kept: a link that leads out of its folder, a device, a socket.' },
  'stage-crashed': { exit: 1, when: 'A stage threw: a bug in giverny or in a stage of the user.' },
  'stage-killed': { exit: 1, when: 'The process of a stage was killed by the system, probably because memory ran out.' },
  'offline': { exit: 1, when: 'A stage needs the network and --offline was given.' },
  'engine-unavailable': { exit: 1, when: 'The engine that the plan names cannot be loaded on this machine.' },
  'engine-would-change': { exit: 1, when: 'auto would fall back to wasm although an unfinished run on TensorFlow exists.' },
  'interrupted': { exit: 130, when: 'Ctrl-C: the current step was finished and a checkpoint written; the same command continues.' },
  'terminated': { exit: 143, when: 'SIGTERM: as Ctrl-C.' },
} as const satisfies FailureTable;

export type RunnerFailureCode = keyof typeof runnerFailures;

/** Makes one of the runner's failures. */
export const failed = failures(runnerFailures);

/** What a stage returns when `stop` fired: its work so far is safe and the same command continues. */
export const interrupted = () => failed('interrupted', 'interrupted; the same command continues from here');
