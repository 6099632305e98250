/** What becomes of an exception that leaves a stage: a full or read-only disk is a user's failure, everything else a bug. */
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

/** `writable`: the folders that the runner gave the stage. `log`: where the stack was written, as people should read it. */
export function failureOfThrown(error: ThrownError, stage: string, writable: readonly string[], log: string): Failure {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return failed('cache-full', `the disk is full: ${stage} could not write its output`, { hint: 'Free some space; the same command continues.' }).failure;
  }
  const ours = error.path !== undefined && writable.some((folder) => error.path!.startsWith(folder));
  if (ours && (error.code === 'EROFS' || error.code === 'EACCES' || error.code === 'EPERM')) {
    return failed('cache-unwritable', `${stage} cannot write its output: ${error.message}`).failure;
  }
  return failed('stage-crashed', `${stage} crashed: ${firstLine(error.message)}`, { hint: `This is a bug; its stack is in ${log}.` }).failure;
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
