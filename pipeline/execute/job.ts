/** One execution of a stage, as plain data: it can be handed to another process. */
import type { EngineSelection, StageContext, StageInput, StoredFile, PlannedOutside, Progress } from '../stage.ts';

export interface JobInput {
  readonly stage: string;
  readonly uses: string;
  readonly files: readonly StoredFile[];
  /** Where each of `files` lies, in their order. */
  readonly locations: readonly string[];
}

export interface StageJob {
  readonly stage: string;
  readonly uses: string;
  /** Of a stage of the user: what runs (stage.ts, UserSource). */
  readonly program?: string;
  readonly params: unknown;
  readonly seed: number;
  readonly inputs: readonly JobInput[];
  readonly outside?: readonly PlannedOutside[];
  readonly out: string;
  readonly scratch: string;
  readonly checkpoints?: string;
  readonly engine?: EngineSelection;
  readonly offline: boolean;
}

/** What a running stage says and asks. */
export interface JobHooks {
  progress(progress: Progress): void;
  log(line: string): void;
  warn(line: string): void;
  publish(paths: readonly string[]): Promise<void>;
}

export const jobInput = (input: StageInput): JobInput => ({
  stage: input.stage, uses: input.uses, files: input.files, locations: input.files.map((file) => input.locate(file.path)),
});

/** Without the sizes and listings that only the runner needs; undefined where nothing outside is read. */
export function plannedOutside(outside: readonly PlannedOutside[]): readonly PlannedOutside[] | undefined {
  if (outside.length === 0) return undefined;
  return outside.map(({ name, digest, files }) => ({ name, digest, ...(files && { files: files.map((file) => ({ path: file.path, digest: file.digest })) }) }));
}

function stageInput({ stage, uses, files, locations }: JobInput): StageInput {
  const places = new Map(files.map((file, index) => [file.path, locations[index]!]));
  return {
    stage, uses, files,
    locate(path) {
      const place = places.get(path);
      if (place === undefined) throw new Error(`stage ${stage} has no output ${path}`);
      return place;
    },
  };
}

/** The contract's context around a job, the same in this process and in a stage's own. */
export function contextOf(job: StageJob, hooks: JobHooks, stop: AbortSignal): StageContext {
  const { program: _program, uses: _uses, ...given } = job;
  return { ...given, ...hooks, inputs: job.inputs.map(stageInput), stop };
}
