/**
 * Reading what a cache holds. Only what is not there is missing, and only what was read whole can be damaged: a disk or a
 * network file system that fails for a moment is asked again, and what it still refuses is thrown as Node gives it, for a
 * training must not be taken for lost because it could not be read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './file-failure.ts';

const passing = new Set(['EIO', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT', 'EAGAIN', 'EBUSY']);
/** Milliseconds between two tries. */
const pauses = [20, 100, 500];
/** Something else may stand in its place. */
const absent = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP']);

export async function insist<T>(read: () => T | Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await read();
    } catch (error) {
      if (!passing.has(errorCode(error) ?? '')) throw error;
      await sleep(pause);
    }
  }
  return read();
}

/** Without waiting for others meanwhile. */
export function insistSync<T>(read: () => T): T {
  for (const pause of pauses) {
    try {
      return read();
    } catch (error) {
      if (!passing.has(errorCode(error) ?? '')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
  return read();
}

/** Undefined where nothing is there. */
export function ifThere<T>(read: () => T): T | undefined {
  try {
    return insistSync(read);
  } catch (error) {
    if (absent.has(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

export const isAbsent = (error: unknown): boolean => absent.has(errorCode(error) ?? '');
