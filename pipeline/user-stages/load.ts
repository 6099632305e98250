/** Finds, compiles, imports and checks the stages that a config names by file. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { errorCode } from '../cache/file-failure.ts';
import type { UserStageServices } from '../catalog.ts';
import { failed, type Failure, type Result, type Where } from '../failure.ts';
import type { StageDefinition } from '../stage.ts';
import { isStageFile, stageExtensions } from './names.ts';

/** Each file is loaded once. */
export class UserStages {
  readonly #services: UserStageServices | undefined;
  readonly #loaded = new Map<string, Promise<Result<StageDefinition>>>();

  constructor(services: UserStageServices | undefined) {
    this.#services = services;
  }

  /** `file`: absolute; `named`: where the config names it. Failures: `user-stage-…`. */
  load(file: string, named: Where | undefined): Promise<Result<StageDefinition>> {
    const unusable = this.#services === undefined ? 'cannot be used by this command' : unusableFile(file);
    if (unusable !== undefined) return Promise.resolve(notFound(file, unusable, named));
    const known = this.#loaded.get(file);
    if (known !== undefined) return known;
    // By links or not, it is the same file: what lies where is relative to it.
    const loading = loadStage(realpathSync(file), this.#services!);
    this.#loaded.set(file, loading);
    return loading;
  }
}

async function loadStage(file: string, { library }: UserStageServices): Promise<Result<StageDefinition>> {
  const [{ compileStage }, { importProgram }, { definitionOf }, { threwBefore }] = await Promise.all([import('./compile.ts'), import('./program.ts'), import('./contract.ts'), import('./thrown.ts')]);
  const source = await compileStage(file, library);
  if (!source.ok) return source;
  try {
    return await definitionOf(await importProgram(source.value.program), source.value);
  } catch (error) {
    return threwBefore(error, source.value, 'as it was imported');
  }
}

function unusableFile(file: string): string | undefined {
  try {
    if (!statSync(file).isFile()) return 'is no file';
    accessSync(file, constants.R_OK);
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '') ? 'does not exist' : 'cannot be read';
  }
  return isStageFile(file) ? undefined : 'is neither TypeScript nor JavaScript';
}

function notFound(file: string, why: string, named: Where | undefined): { readonly ok: false; readonly failure: Failure } {
  const hint = why.startsWith('is neither') ? 'any other program is a stage by uses: command' : 'a relative path starts at the config that names it';
  return failed('user-stage-not-found', `${file} ${why}`, { ...(named === undefined ? {} : { where: named }), expected: `a file of ${stageExtensions.join(', ')}`, hint });
}
