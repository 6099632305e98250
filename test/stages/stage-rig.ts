/** Runs one stage without the runner: a context in a temporary folder, and inputs made of folders. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import type { Result } from '../../pipeline/failure.ts';
import type { ParameterPlaces, PreparedParams, Progress, StageContext, StageDefinition, StageInput, StoredFile } from '../../pipeline/stage.ts';

export interface RunOptions {
  readonly seed?: number;
  readonly inputs?: readonly StageInput[];
  readonly checkpoints?: string;
  readonly stop?: AbortSignal;
  readonly offline?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export interface StageRun {
  readonly result: Result<void>;
  readonly out: string;
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  readonly progress: readonly Progress[];
}

export interface Rig {
  readonly folder: string;
  run<P>(definition: StageDefinition<P>, params: unknown, options?: RunOptions): Promise<StageRun>;
  remove(): Promise<void>;
}

export async function createRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'giverny-stage-'));
  let runs = 0;
  return {
    folder,
    async run(definition, params, options = {}) {
      const attempt = join(folder, `attempt-${++runs}`);
      const [out, scratch] = [join(attempt, 'out'), join(attempt, 'scratch')];
      await mkdir(out, { recursive: true });
      await mkdir(scratch, { recursive: true });
      const lines: string[] = [];
      const warnings: string[] = [];
      const progress: Progress[] = [];
      const context: StageContext<never> = {
        stage: definition.uses,
        params: prepared(definition, params).params as never,
        seed: options.seed ?? 1,
        inputs: options.inputs ?? [],
        out,
        scratch,
        ...(options.checkpoints !== undefined && { checkpoints: options.checkpoints }),
        stop: options.stop ?? new AbortController().signal,
        offline: options.offline ?? false,
        progress: (so) => {
          progress.push(so);
          options.onProgress?.(so);
        },
        log: (line) => lines.push(line),
        warn: (line) => warnings.push(line),
        publish: async () => undefined,
      };
      const implementation = await definition.load();
      return { result: await implementation.run(context), out, lines, warnings, progress };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `prepare` as the config would call it, for a config that lies in `base`. Throws where it fails. */
export function prepared<P>(definition: StageDefinition<P>, params: unknown, base = '/', from?: readonly string[]): PreparedParams<P> {
  const result = definition.prepare(params, placesIn(base, from));
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

export const placesIn = (base: string, from?: readonly string[]): ParameterPlaces => ({
  where: () => ({ file: 'test.yaml', line: 1, column: 1 }),
  resolvePath: (_path, value) => resolve(base, value),
  writtenTogether: () => true,
  ...(from && { from }),
});

/** What a stage wrote to `folder`, as another stage's input. */
export async function inputFrom(folder: string, stage = 'before'): Promise<StageInput> {
  const files: StoredFile[] = [];
  for (const path of await filesBelow(folder)) {
    const content = await readFile(join(folder, path));
    const digest = createHash('sha256').update(content).digest('hex');
    files.push({ path, bytes: content.length, digest, kind: 'reproducible' });
  }
  return { stage, uses: stage, files, locate: (path) => join(folder, path) };
}

/** Relative paths with forward slashes, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    if ((await stat(join(folder, name))).isFile()) found.push(relative(folder, join(folder, name)).split(sep).join('/'));
  }
  return found.sort();
}

/** Path → sha256 of everything below a folder. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const { files } = await inputFrom(folder);
  return Object.fromEntries(files.map(({ path, digest }) => [path, digest]));
}

/** The failure's code, or `ok`. */
export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

export const messageOf = (result: Result<unknown>): string =>
  result.ok ? '' : [result.failure.message, result.failure.expected, result.failure.hint].join(' | ');
