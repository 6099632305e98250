/** Progress of programs that report none: the growth of the folder they write to. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Calls `look` four times a second until `work` has ended. */
export async function watching<T>(look: () => void, work: Promise<T>): Promise<T> {
  const timer = setInterval(look, 250);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    look();
  }
}

/** Bytes in a folder and below; what vanishes meanwhile counts as nothing. */
export function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    bytes += stat?.isDirectory() ? bytesBelow(path) : (stat?.size ?? 0);
  }
  return bytes;
}

/** The names in a folder; none if it is not there. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
