/** How `uses` names a stage of the user: by the path of its file. */
import { extname } from 'node:path';

/** What a stage may be written in. */
export const stageExtensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'] as const;

/** `./my-stage.ts`, `../stages/x.js`, `/home/me/x.mjs`, `~/x.ts`, and for a slip of the pen `my-stage.ts` as well. */
export function namesFile(uses: string): boolean {
  return /^(\.{1,2}|~)?[\\/]/.test(uses) || /^[A-Za-z]:[\\/]/.test(uses) || isStageFile(uses);
}

export const isStageFile = (file: string): boolean => stageExtensions.some((extension) => extension === extname(file).toLowerCase());
