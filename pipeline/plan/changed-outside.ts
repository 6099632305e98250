/** Whether what a stage reads outside the cache is still what its key says. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../cache/file-failure.ts';
import type { OutsideInput } from '../stage.ts';
import { digestFile } from './digest.ts';
import type { FileDigester } from './digest.ts';
import { readOutside } from './outside.ts';
import type { OutsideContent } from './outside.ts';
import type { PlannedStage } from './plan.ts';

export interface OutsideChange {
  readonly input: OutsideInput;
  /** `removed`: what is left of it, if anything, is as it was. `changed`: it holds something else, or cannot be read. */
  readonly how: 'changed' | 'removed';
}

/** The outside inputs that no longer hold what they held when the plan was made. Cheap where `digester` remembers. */
export async function changedOutside(
  { prepared, outside }: Pick<PlannedStage, 'prepared' | 'outside'>,
  digester: FileDigester = digestFile,
): Promise<readonly OutsideChange[]> {
  const planned = new Map(outside.map((content) => [content.name, content]));
  const changes: OutsideChange[] = [];
  for (const input of prepared.outside ?? []) {
    const before = planned.get(input.name)!;
    const now = await readOutside(input, digester);
    if (now.ok && now.value.digest === before.digest) continue;
    const removed = await isOnlyRemoved(input, before, now.ok ? now.value : undefined, digester);
    changes.push({ input, how: removed ? 'removed' : 'changed' });
  }
  return changes;
}

/** `now` is undefined where it could not be read whole. */
async function isOnlyRemoved({ path }: OutsideInput, before: OutsideContent, now: OutsideContent | undefined, digester: FileDigester): Promise<boolean> {
  if (before.files === undefined) return isAbsent(path);
  if (now !== undefined && now.files === undefined) return false; // a file stands in the folder's place
  const known = new Set(before.files.map((file) => file.path));
  if (now?.files?.some((file) => !known.has(file.path)) === true) return false;
  for (const file of before.files) {
    const place = join(path, file.path);
    if (!(await isAbsent(place)) && (await digester(place).catch(() => undefined)) !== file.digest) return false;
  }
  return true;
}

const isAbsent = (path: string): Promise<boolean> => stat(path).then(() => false, (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? ''));
