import type { Result } from '../../pipeline/failure.ts';
import { trainFailed } from './failures.ts';

const fullDisk = new Set(['ENOSPC', 'EDQUOT']);
const unwritable = new Set(['EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

/** A failure for what the file system refuses; any other error is a bug and is thrown again. */
export function trainingFileFailure(error: unknown): Result<never> {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const where = path === undefined ? {} : { where: { file: path } };
  if (code !== undefined && fullDisk.has(code)) {
    return trainFailed('train-disk-full', 'the disk is full', { ...where, hint: 'make room; the same command continues from the last checkpoint' });
  }
  if (code !== undefined && unwritable.has(code)) {
    return trainFailed('train-unwritable', `a file of the training cannot be read or written (${code})`, where);
  }
  throw error;
}
