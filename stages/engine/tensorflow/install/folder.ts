/** Making and trying folders that somebody else has chosen (GIVERNY_ENGINE_DIR, the current folder). */
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Makes a folder and what is missing above it, one by one. Node's own recursive mkdir never returns where the system answers
 * ENOENT although the parent is there, as below /proc. Throws the system's error.
 */
export function makeFolder(path: string): void {
  for (const folder of missingFolders(path)) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it in between.
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  }
}

/** Whether a folder can be written, or made where it is not there yet: tried, for permissions alone do not tell. */
export function isWritable(path: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(nearestFolder(path), '.giverny-')));
    return true;
  } catch {
    return false;
  }
}

/** The folder itself, or of those above it the nearest that is there. */
export function nearestFolder(path: string): string {
  return dirname(missingFolders(path)[0] ?? join(resolve(path), 'inside'));
}

/** From the top down. */
function missingFolders(path: string): string[] {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder)) missing.unshift(folder);
  return missing;
}
