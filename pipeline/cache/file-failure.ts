/** Turns what the file system answers into a failure for people. */
import { failed } from '../failure.ts';
import type { Failure } from '../failure.ts';

/** The `code` of a file-system error (`ENOENT`); undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const full = new Set(['ENOSPC', 'EDQUOT']);
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a file stands where a folder is needed',
  EISDIR: 'a folder stands where a file is needed',
  EEXIST: 'something else stands in its place',
  ENOTEMPTY: 'a folder stands in its place',
  ENOENT: 'it was removed meanwhile',
  EFBIG: 'it is larger than the file system, or a limit of the user, allows',
  EIO: 'the disk reports an error',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  EBUSY: 'it is in use',
  ESTALE: 'the network file system lost it',
  ETIMEDOUT: 'the file system does not answer',
};

/** `cache-full` or `cache-unwritable`, naming the file. What is no error of the file system is a bug and is thrown on. */
export function fileFailure(error: unknown, file: string): { readonly ok: false; readonly failure: Failure } {
  const code = errorCode(error);
  if (code === undefined || code.startsWith('ERR_')) throw error;
  if (full.has(code)) {
    return failed('cache-full', `the disk is full: ${file} could not be written`, {
      hint: 'free some space and give the same command again; finished stages are kept',
    });
  }
  return failed('cache-unwritable', `${file} cannot be read or written: ${reasons[code] ?? 'the file system refuses it'} (${code})`, {
    hint: 'mend that, or choose another place with --root; the same command goes on from here',
  });
}
