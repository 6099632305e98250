/** What becomes of an exception that leaves a stage: what the disk or the system refused is a user's failure, everything else a bug. */
import { fileFailure } from '../cache/file-failure.ts';
import { failed, type Failure } from '../failure.ts';

/** An exception as plain data, so that it can come from another process. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Node's code of a system error: ENOSPC, EROFS. */
  readonly code?: string;
  readonly path?: string;
}

export function thrownError(error: unknown): ThrownError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: `thrown: ${String(error)}` };
  const { code, path } = error as NodeJS.ErrnoException;
  return {
    name: error.name,
    message: error.message,
    stack: error.stack ?? String(error),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof path === 'string' ? { path } : {}),
  };
}

/** The way back: what a stage's process throws on, its code kept. */
export const asError = ({ message, stack, code, path }: ThrownError): Error =>
  Object.assign(new Error(message), { stack, ...(code === undefined ? {} : { code }), ...(path === undefined ? {} : { path }) });

export interface StagePlaces {
  /** The folders that the runner gave the stage to write in, and what the config told it to read. */
  readonly given: readonly string[];
  /** The folder in which what it reads lies. */
  readonly cache: string;
  /** Where the stack was written, as people should read it. */
  readonly log: string;
}

/** What no program can be blamed for, whatever the file: a bad disk, too many open files. */
const systems = new Set(['EIO', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT']);
const refusals = new Set(['EROFS', 'EACCES', 'EPERM']);

export function failureOfThrown(error: ThrownError, stage: string, { given, cache, log }: StagePlaces): Failure {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return failed('cache-full', `the disk is full: ${stage} could not write its output`, { hint: 'Free some space; the same command continues.' }).failure;
  }
  const isIn = (folder: string) => error.path?.startsWith(folder) === true;
  const isRefused = refusals.has(error.code ?? '') && [...given, cache].some(isIn);
  // Somebody removed the cache, or a part of it, under the stage that reads it.
  const isGone = error.code === 'ENOENT' && isIn(cache);
  if (isRefused || isGone || systems.has(error.code ?? '')) return fileFailure(asError(error), error.path ?? `what ${stage} works on`).failure;
  return failed('stage-crashed', `${stage} crashed: ${firstLine(error.message)}`, { hint: `This is a bug; its stack is in ${log}.` }).failure;
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
