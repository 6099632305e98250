/** Whether what a stage read outside the cache is still what its key says. */
import type { OutsideInput } from '../stage.ts';
import { digestFile } from './digest.ts';
import type { FileDigester } from './digest.ts';
import { readOutside } from './outside.ts';
import type { PlannedStage } from './plan.ts';

/**
 * The outside inputs that no longer hold what they held when the plan was made, or can no longer be read. Asked when a
 * stage has run and before its outputs are stored: what it made of other content must not lie under the plan's key.
 */
export async function changedOutside(
  { prepared, outside }: Pick<PlannedStage, 'prepared' | 'outside'>,
  digester: FileDigester = digestFile,
): Promise<readonly OutsideInput[]> {
  const planned = new Map(outside.map(({ name, digest }) => [name, digest]));
  const changed: OutsideInput[] = [];
  for (const input of prepared.outside ?? []) {
    const now = await readOutside(input, digester);
    if (!now.ok || now.value.digest !== planned.get(input.name)) changed.push(input);
  }
  return changed;
}
