/** What no verb expects and no program can be blamed for: the disk, or the system, does not let a file be read. */
import { errorCode, fileFailure } from '../cache/file-failure.ts';
import type { Failure } from '../failure.ts';

const systems = new Set(['EIO', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'EROFS']);

/** Anything else is a bug, and is thrown on. */
export function failureOfSystem(error: unknown): Failure {
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || !systems.has(errorCode(error) ?? '')) throw error;
  return fileFailure(error, path ?? 'a file').failure;
}
